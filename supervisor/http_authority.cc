#include "supervisor/http_authority.h"

#include <arpa/inet.h>

#include <algorithm>

#include "supervisor/http_syntax.h"

namespace nano {
namespace {

// RFC 1035 2.3.4.
constexpr size_t kMaxHostBytes = 253;

bool isPort(std::string_view text) {
  if (text.empty() || text.size() > 5 || !allBytes(text, kDigitByte)) return false;
  if (text.front() == '0') return false;
  unsigned value = 0;
  for (char c : text) {
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 65535;
}

bool isIpv6(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof(buffer)) return false;
  *std::copy(text.begin(), text.end(), buffer) = '\0';
  in6_addr address{};
  return inet_pton(AF_INET6, buffer, &address) == 1;
}

}  // namespace

bool isAuthority(std::string_view text) {
  if (text.empty()) return false;
  size_t hostEnd = text.front() == '[' ? text.find(']') : text.find(':');
  if (text.front() == '[') {
    if (hostEnd == std::string_view::npos || !isIpv6(text.substr(1, hostEnd - 1))) return false;
    hostEnd++;
  } else {
    hostEnd = std::min(hostEnd, text.size());
    std::string_view host = text.substr(0, hostEnd);
    if (host.empty() || host.size() > kMaxHostBytes || !allBytes(host, kHostByte)) return false;
  }
  if (hostEnd == text.size()) return true;
  return text[hostEnd] == ':' && isPort(text.substr(hostEnd + 1));
}

}  // namespace nano
