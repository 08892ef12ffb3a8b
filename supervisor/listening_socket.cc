#include "supervisor/listening_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>

#include <kj/debug.h>

#include "supervisor/http_listener.h"

namespace nano {

namespace {

uint16_t boundPort(int fd) {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  KJ_SYSCALL(getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length));
  // The port is at the same place in both families.
  return ntohs(reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
}

std::string cannotListen(const std::string& address, uint16_t port, const std::string& why) {
  return "cannot listen on " + address + " port " + std::to_string(port) + ": " + why;
}

}  // namespace

std::variant<ListeningSocket, std::string> openListeningSocket(const std::string& address,
                                                               uint16_t port) {
  auto opened = listenTcp(address, port, PortSharing::kShared);
  if (auto* why = std::get_if<std::string>(&opened)) {
    return cannotListen(address, port, *why);
  }
  auto& fd = std::get<kj::AutoCloseFd>(opened);
  uint16_t bound = boundPort(fd);
  return ListeningSocket{kj::mv(fd), bound};
}

std::variant<std::vector<ListeningSocket>, std::string> openListeningSockets(
    const std::string& address, uint16_t port, size_t count) {
  // Sockets that share a port share it with another nanod's as well, and its requests with them:
  // nobody else may have it when the first is opened.
  if (port != 0) {
    auto alone = listenTcp(address, port, PortSharing::kAlone);
    if (auto* why = std::get_if<std::string>(&alone)) return cannotListen(address, port, *why);
  }
  std::vector<ListeningSocket> sockets;
  for (size_t i = 0; i < count; i++) {
    auto opened = openListeningSocket(address, port);
    if (auto* problem = std::get_if<std::string>(&opened)) return std::move(*problem);
    sockets.push_back(kj::mv(std::get<ListeningSocket>(opened)));
    port = sockets.back().port;
  }
  return sockets;
}

std::variant<HostPort, std::string> parseHostPort(const std::string& text) {
  size_t colon = text.rfind(':');
  std::string why = "'" + text + "' is not an address and a port, like 127.0.0.1:8787";
  if (colon == std::string::npos) return why;
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  auto [parsed, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || parsed != end) return why;
  std::string host = text.substr(0, colon);
  if (host.empty()) host = "::";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  in6_addr scratch;
  bool isNumeric = inet_pton(AF_INET, host.c_str(), &scratch) == 1 ||
                   inet_pton(AF_INET6, host.c_str(), &scratch) == 1;
  if (!isNumeric) return why;
  return HostPort{host, port};
}

}  // namespace nano
