#include "supervisor/egress/curl_socket.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <string_view>

#include <kj/debug.h>

namespace nano {
namespace {

// How often a connection may be found writable and not be written to; how long it is left alone.
constexpr int kStalls = 3;
constexpr long kParkMicroseconds = 50'000;

uint16_t portOf(const sockaddr_storage& address) {
  // The port is at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

std::optional<CurlConnection> connectionOf(int socket) {
  sockaddr_storage local{};
  sockaddr_storage remote{};
  socklen_t localSize = sizeof(local);
  socklen_t remoteSize = sizeof(remote);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&local), &localSize) != 0 ||
      getpeername(socket, reinterpret_cast<sockaddr*>(&remote), &remoteSize) != 0) {
    return std::nullopt;  // Not connected.
  }
  auto ours = addressOf(reinterpret_cast<sockaddr&>(local));
  auto theirs = addressOf(reinterpret_cast<sockaddr&>(remote));
  if (!ours || !theirs) return std::nullopt;
  return CurlConnection{portOf(local), portOf(remote), *ours, *theirs};
}

void logFailure(kj::Exception&& error) { KJ_LOG(ERROR, "a fetch's event failed", error); }

}  // namespace

SSL* tlsOf(CURL* easy) {
  curl_tlssessioninfo* session = nullptr;
  CURLcode result = curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session);
  if (result != CURLE_OK || session == nullptr) return nullptr;
  return static_cast<SSL*>(session->internals);
}

bool speaksHttp2(const SSL* tls) {
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  if (tls != nullptr) SSL_get0_alpn_selected(tls, &protocol, &size);
  return std::string_view(reinterpret_cast<const char*>(protocol), size) == "h2";
}

CurlSocket::CurlSocket(event_base& base, curl_socket_t socket, Owner& owner)
    : base_(base),
      owner_(owner),
      socket_(socket),
      read_(event_new(&base, socket, EV_READ | EV_PERSIST, onReady, this)),
      write_(event_new(&base, socket, EV_WRITE | EV_PERSIST, onReady, this)) {
  KJ_REQUIRE(read_ != nullptr && write_ != nullptr);
}

void CurlSocket::want(int poll, CURL* easy) {
  user_ = poll == 0 ? nullptr : easy;
  wanted_ = poll;
  stalls_ = 0;
  set(*read_, reading_, reading_ || (poll & CURL_POLL_IN) != 0);
  set(*write_, writing_, (poll & CURL_POLL_OUT) != 0);
}

void CurlSocket::set(event& event, bool& on, bool wish) {
  if (on == wish) return;
  int result = wish ? event_add(&event, nullptr) : event_del(&event);
  KJ_REQUIRE(result == 0, "libevent cannot watch a socket");
  on = wish;
}

void CurlSocket::onReady(evutil_socket_t socket, short what, void* self) {
  auto& watched = *static_cast<CurlSocket*>(self);
  guard(
      [&watched, socket, what]() {
        bool reads = (what & EV_READ) != 0;
        if (reads && (watched.wanted_ & CURL_POLL_IN) == 0) {
          return set(*watched.read_, watched.reading_, false);
        }
        watched.owner_.socketReady(socket, reads ? CURL_CSELECT_IN : CURL_CSELECT_OUT);
      },
      logFailure);
}

void CurlSocket::wasCalled(int ready, Upload upload) {
  if (ready == CURL_CSELECT_IN) {
    if (stalls_ >= kStalls) unpark();
    return;
  }
  stalls_ = upload == Upload::kMoved ? 0 : stalls_ + 1;
  if (stalls_ >= kStalls && user_ != nullptr && speaksHttp2(tlsOf(user_))) park();
}

// Curl 7.88 waits for an HTTP/2 connection to be writable also while the upstream's window is
// closed, and would be called without end. What opens the window is read, so writing waits for
// that; or a while, where it was something else.
void CurlSocket::park() {
  set(*write_, writing_, false);
  auto onTime = [](evutil_socket_t, short, void* self) {
    guard([self]() { static_cast<CurlSocket*>(self)->unpark(); }, logFailure);
  };
  if (parked_ == nullptr) parked_.reset(event_new(&base_, -1, 0, onTime, this));
  timeval delay{0, kParkMicroseconds};
  KJ_REQUIRE(parked_ != nullptr && event_add(parked_.get(), &delay) == 0);
}

void CurlSocket::unpark() {
  stalls_ = 0;
  set(*write_, writing_, (wanted_ & CURL_POLL_OUT) != 0);
}

bool CurlSocket::isOf(const CurlConnection& connection) {
  if (!connection_) connection_ = connectionOf(socket_);
  return connection_ && *connection_ == connection;
}

}  // namespace nano
