#pragma once

#include <curl/curl.h>
#include <openssl/types.h>

#include <cstdint>
#include <optional>

#include "protocol/libevent.h"
#include "supervisor/egress/ip_address.h"

namespace nano {

// The TLS of the connection that a transfer uses now; null where it has none.
SSL* tlsOf(CURL* easy);
// HTTP/2's frames may come at any time, and name the request that they belong to.
bool speaksHttp2(const SSL* tls);

// Both ends of a TCP connection.
struct CurlConnection {
  uint16_t localPort = 0;
  uint16_t remotePort = 0;
  IpAddress local;
  IpAddress remote;

  bool operator==(const CurlConnection&) const = default;
};

// The events of one connection of curl's. Curl forgets a socket with each request and takes it up
// again with the next: reading stays on in between, which saves two system calls a request. Found
// readable while nobody waits (closed, most often), it is switched off.
class CurlSocket final {
 public:
  class Owner {
   public:
    // One of CURL_CSELECT_IN and CURL_CSELECT_OUT. May destroy the socket.
    virtual void socketReady(curl_socket_t socket, int ready) = 0;

   protected:
    ~Owner() noexcept(false) = default;
  };

  CurlSocket(event_base& base, curl_socket_t socket, Owner& owner);
  CurlSocket(const CurlSocket&) = delete;
  CurlSocket& operator=(const CurlSocket&) = delete;

  // CURL_POLL_IN, CURL_POLL_OUT, both or 0, for `easy`.
  void want(int poll, CURL* easy);
  // Curl was called for `ready`, and whether it took something to send then.
  enum class Upload { kMoved, kStood };
  void wasCalled(int ready, Upload upload);

  bool isOf(const CurlConnection& connection);
  // Who wants it; null: nobody.
  CURL* user() const { return user_; }

 private:
  static void onReady(evutil_socket_t, short what, void* self);
  static void set(event& event, bool& on, bool wish);
  void park();
  void unpark();

  event_base& base_;
  Owner& owner_;
  curl_socket_t socket_;
  std::optional<CurlConnection> connection_;
  int wanted_ = 0;
  CURL* user_ = nullptr;  // Who wants it.
  int stalls_ = 0;        // Writable so often in a row, and nothing more was taken to send.
  bool reading_ = false;
  bool writing_ = false;
  Event read_;
  Event write_;
  Event parked_;
};

}  // namespace nano
