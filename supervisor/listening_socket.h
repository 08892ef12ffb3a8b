#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <kj/io.h>

namespace nano {

struct ListeningSocket {
  kj::AutoCloseFd fd;
  uint16_t port;
};

// A listening, non-blocking TCP socket on a numeric IPv4 or IPv6 address. SO_REUSEPORT, so that
// every front end has its own for the same port; the kernel spreads connections over them. `port` 0
// lets the kernel choose. On failure a sentence that names the address and says why.
std::variant<ListeningSocket, std::string> openListeningSocket(const std::string& address,
                                                               uint16_t port);

// One for each of `count` front ends: all on one port, or none.
std::variant<std::vector<ListeningSocket>, std::string> openListeningSockets(
    const std::string& address, uint16_t port, size_t count);

struct HostPort {
  std::string host;
  uint16_t port;
};

// "127.0.0.1:8787", "[::1]:8787" or ":8787", which is every address; or why it is none of them.
std::variant<HostPort, std::string> parseHostPort(const std::string& text);

}  // namespace nano
