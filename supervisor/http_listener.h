#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <kj/async.h>
#include <kj/io.h>
#include <kj/timer.h>

#include "protocol/libevent.h"
#include "supervisor/http_shared.h"

namespace nano {

// A listening TCP socket, or why there is none ("Address already in use"). `address` is an IPv4 or
// IPv6 literal. kShared: other sockets, of other front ends, listen on the same port
// (SO_REUSEPORT).
enum class PortSharing : uint8_t { kAlone, kShared };
std::variant<kj::AutoCloseFd, std::string> listenTcp(const std::string& address, uint16_t port,
                                                     PortSharing sharing);

// Accepts connections on one listening socket, TCP or unix, while it lives.
class HttpListener final {
 public:
  class Acceptor {
   public:
    virtual void accepted(kj::AutoCloseFd socket, HttpPeer peer) = 0;

   protected:
    ~Acceptor() = default;
  };

  // `port` is what its connections call localPort; 0: the socket's own.
  HttpListener(event_base& base, kj::Timer& timer, kj::AutoCloseFd socket, uint16_t port,
               Acceptor& acceptor);
  ~HttpListener() noexcept(false);
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  // 0 on a unix socket.
  uint16_t port() const { return port_; }

 private:
  void onReady();
  void rest(int error);
  void acceptAgain();

  kj::Timer& timer_;
  kj::AutoCloseFd socket_;
  Acceptor& acceptor_;
  uint16_t port_;
  Event event_;
  // Until accepting begins again after the process ran out of something.
  kj::Promise<void> resting_ = nullptr;
};

}  // namespace nano
