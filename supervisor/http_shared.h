#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <event2/event.h>

#include "supervisor/http_block.h"
#include "supervisor/http_date.h"
#include "supervisor/http_deadlines.h"
#include "supervisor/http_exchange.h"
#include "supervisor/http_limits.h"

namespace nano {

class HttpConnection;

// What a server has seen. Belongs to its thread.
struct HttpCounters {
  uint64_t connections = 0;         // Accepted and served.
  uint64_t refusedConnections = 0;  // Over the cap of the server or of one address.
  uint64_t requests = 0;            // Handed to the handler.
  uint64_t refusedRequests = 0;     // Answered here with a 4xx or 5xx.
  uint64_t replacedAnswers = 0;     // Answers that could not be sent as they were (502).
  uint64_t timeouts = 0;
  uint64_t abandoned = 0;
};

// The other end of a connection, as far as requests tell about it.
struct HttpPeer {
  std::string address;     // Empty on a unix socket.
  uint16_t localPort = 0;  // 0 on a unix socket.
  // The IPv4 address or IPv6 /64 that connections are counted by; 0: not counted.
  uint64_t network = 0;
  bool isLoopback = false;
};

// The server, as its connections see it.
class HttpConnectionOwner {
 public:
  // Calls connection.resume() later in this turn. Not called again before that.
  virtual void resumeSoon(HttpConnection& connection) = 0;
  // The connection is closed. It may be on the stack, so it is destroyed later in this turn.
  virtual void closed(HttpConnection& connection) = 0;

 protected:
  ~HttpConnectionOwner() = default;
};

// What the connections of one server have in common.
struct HttpShared {
  event_base& base;
  HttpHandler& handler;
  HttpConnectionOwner& owner;
  const HttpLimits& limits;
  HttpDeadlines& deadlines;
  HttpDate& date;
  HttpBlockPool& blocks;
  HttpCounters& counters;
  // For one system call; nobody keeps anything in it.
  std::span<char> scratch;
};

}  // namespace nano
