#include "supervisor/http_listener.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include <utility>

#include <kj/debug.h>

namespace nano {
namespace {

// A burst is served over several turns, so that it does not keep the others waiting.
constexpr int kMaxAcceptsPerTurn = 64;
// Out of descriptors or memory: the connections wait in the backlog meanwhile.
constexpr kj::Duration kRest = 100 * kj::MILLISECONDS;
constexpr int kBacklog = 1024;
// The kernel takes no more than this unsent: what is queued for a slow client stays small, and
// "writable" means that the client has taken something.
constexpr int kUnsentBytes = 128 * 1024;

union SocketAddress {
  sockaddr base;
  sockaddr_in v4;
  sockaddr_in6 v6;
  sockaddr_storage storage;
};

void setOption(int socket, int level, int option, int value) {
  KJ_SYSCALL(setsockopt(socket, level, option, &value, sizeof(value)));
}

void describe(const in_addr& address, HttpPeer& peer) {
  char text[INET_ADDRSTRLEN];
  peer.address = inet_ntop(AF_INET, &address, text, sizeof(text));
  // Below 2^33, where no IPv6 network that is in use is.
  peer.network = (uint64_t{1} << 32) | ntohl(address.s_addr);
  peer.isLoopback = ntohl(address.s_addr) >> 24 == 127;
}

void describe(const in6_addr& address, HttpPeer& peer) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    in_addr v4{};
    memcpy(&v4, address.s6_addr + 12, sizeof(v4));
    return describe(v4, peer);
  }
  char text[INET6_ADDRSTRLEN];
  peer.address = inet_ntop(AF_INET6, &address, text, sizeof(text));
  uint64_t network;
  memcpy(&network, address.s6_addr, sizeof(network));
  peer.network = be64toh(network);
  peer.isLoopback = IN6_IS_ADDR_LOOPBACK(&address);
  if (peer.isLoopback) peer.network = 1;
}

}  // namespace

std::variant<kj::AutoCloseFd, std::string> listenTcp(const std::string& address, uint16_t port,
                                                     PortSharing sharing) {
  SocketAddress bound{};
  socklen_t size;
  if (inet_pton(AF_INET, address.c_str(), &bound.v4.sin_addr) == 1) {
    bound.v4.sin_family = AF_INET;
    bound.v4.sin_port = htons(port);
    size = sizeof(bound.v4);
  } else if (inet_pton(AF_INET6, address.c_str(), &bound.v6.sin6_addr) == 1) {
    bound.v6.sin6_family = AF_INET6;
    bound.v6.sin6_port = htons(port);
    size = sizeof(bound.v6);
  } else {
    return address + " is not an IP address";
  }
  int fd = socket(bound.base.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return std::string(strerror(errno));
  kj::AutoCloseFd listening(fd);
  // Connections of an earlier process in TIME_WAIT do not keep the port.
  setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (sharing == PortSharing::kShared) setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (bind(fd, &bound.base, size) != 0 || listen(fd, kBacklog) != 0) {
    return std::string(strerror(errno));
  }
  return kj::mv(listening);
}

HttpListener::HttpListener(event_base& base, kj::Timer& timer, kj::AutoCloseFd socket,
                           uint16_t port, Acceptor& acceptor)
    : timer_(timer),
      socket_(kj::mv(socket)),
      acceptor_(acceptor),
      port_(port) {
  SocketAddress local{};
  socklen_t size = sizeof(local);
  KJ_SYSCALL(getsockname(socket_.get(), &local.base, &size));
  if (local.base.sa_family == AF_INET || local.base.sa_family == AF_INET6) {
    bool v4 = local.base.sa_family == AF_INET;
    if (port_ == 0) port_ = ntohs(v4 ? local.v4.sin_port : local.v6.sin6_port);
    // Accepted sockets inherit both from their listener (Linux), which saves two calls each.
    setOption(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    setOption(socket_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
  }
  auto callback = [](evutil_socket_t, short, void* self) {
    guard([self] { static_cast<HttpListener*>(self)->onReady(); },
          [](kj::Exception&& error) { KJ_LOG(ERROR, "accepting connections failed", error); });
  };
  event_.reset(event_new(&base, socket_.get(), EV_READ | EV_PERSIST, callback, this));
  KJ_REQUIRE(event_ != nullptr && event_add(event_.get(), nullptr) == 0);
}

HttpListener::~HttpListener() noexcept(false) {}

void HttpListener::onReady() {
  for (int i = 0; i < kMaxAcceptsPerTurn; i++) {
    SocketAddress remote{};
    socklen_t size = sizeof(remote);
    int fd = accept4(socket_.get(), &remote.base, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      int error = errno;
      if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) rest(error);
      // Whatever else went wrong was that one connection's.
      if (error != ECONNABORTED && error != EINTR) return;
      continue;
    }
    kj::AutoCloseFd socket(fd);
    HttpPeer peer;
    peer.localPort = port_;
    if (remote.base.sa_family == AF_INET) describe(remote.v4.sin_addr, peer);
    if (remote.base.sa_family == AF_INET6) describe(remote.v6.sin6_addr, peer);
    acceptor_.accepted(kj::mv(socket), std::move(peer));
  }
}

// The listener stays ready for as long as connections wait: without a rest the loop would spin.
void HttpListener::rest(int error) {
  KJ_LOG(WARNING, "no connections are accepted for a moment", strerror(error), port_);
  int removed = event_del(event_.get());
  KJ_REQUIRE(removed == 0);
  resting_ = timer_.afterDelay(kRest)
                 .then([this]() { acceptAgain(); })
                 .eagerlyEvaluate([](kj::Exception&& failure) {
                   KJ_LOG(ERROR, "a listener did not come back", failure);
                 });
}

void HttpListener::acceptAgain() {
  int added = event_add(event_.get(), nullptr);
  KJ_REQUIRE(added == 0);
}

}  // namespace nano
