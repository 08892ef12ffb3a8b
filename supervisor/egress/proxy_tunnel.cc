#include "supervisor/egress/proxy_tunnel.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace nano {
namespace {

// A proxy's answer is a line and a few fields.
constexpr size_t kMaxHeadBytes = 8 * 1024;

class Tunnel final {
 public:
  using Problem = kj::Maybe<std::string>;

  Tunnel(ReadySocket& socket, const std::string& target)
      : socket_(socket),
        unsent_("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n") {}

  kj::Promise<Problem> run() {
    const ssize_t sent =
        ::send(socket_.fd(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return Problem(std::string(strerror(errno)));
    if (sent > 0) unsent_.erase(0, static_cast<size_t>(sent));
    if (unsent_.empty()) return receive();
    return socket_.writable().then([this]() { return run(); });
  }

 private:
  // Looks before it takes: what follows the head is not the proxy's.
  kj::Promise<Problem> receive() {
    char peeked[kMaxHeadBytes];
    const ssize_t size = recv(socket_.fd(), peeked, sizeof(peeked), MSG_PEEK | MSG_DONTWAIT);
    if (size == 0) return Problem(std::string("the proxy ended the connection"));
    if (size < 0 && errno != EAGAIN) return Problem(std::string(strerror(errno)));
    if (size > 0) {
      const size_t before = head_.size();
      head_.append(peeked, static_cast<size_t>(size));
      const size_t end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
      if (end != std::string::npos) head_.resize(end + 4);
      const ssize_t taken = recv(socket_.fd(), peeked, head_.size() - before, MSG_DONTWAIT);
      if (taken < 0) return Problem(std::string(strerror(errno)));
      if (end != std::string::npos) return check();
      if (head_.size() > kMaxHeadBytes)
        return Problem(std::string("the proxy's answer is too long"));
    }
    return socket_.readable().then([this]() { return receive(); });
  }

  // status-line = HTTP-version SP 3DIGIT SP ...
  Problem check() const {
    const std::string_view line = std::string_view(head_).substr(0, head_.find("\r\n"));
    const bool isHttp = line.starts_with("HTTP/1.") && line.size() >= 12 && line[8] == ' ';
    if (isHttp && line[9] == '2') return nullptr;
    if (!isHttp) return std::string("the proxy does not speak HTTP/1");
    return "the proxy answered " + std::string(line.substr(9, 3));
  }

  ReadySocket& socket_;
  std::string unsent_;
  std::string head_;
};

}  // namespace

kj::Promise<kj::Maybe<std::string>> openTunnel(ReadySocket& socket, const std::string& target) {
  auto tunnel = kj::heap<Tunnel>(socket, target);
  auto done = tunnel->run();
  return done.attach(kj::mv(tunnel));
}

}  // namespace nano
