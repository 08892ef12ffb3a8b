#include "supervisor/egress/dns_settings.h"

#include <charconv>
#include <optional>

namespace nano {
namespace {

// resolv.conf has room for three; a lookup would never get to more of them.
constexpr size_t kMaxServers = 8;

std::optional<uint16_t> parsePort(std::string_view text) {
  uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// "ADDR", "ADDR4:PORT", "[ADDR6]" or "[ADDR6]:PORT".
std::optional<NameServer> parseNameServer(std::string_view text) {
  std::string_view address = text;
  std::string_view port;
  if (text.starts_with('[')) {
    size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    address = text.substr(1, close - 1);
    port = text.substr(close + 1);
  } else if (size_t colon = text.find(':'); colon != std::string_view::npos &&
                                            text.find(':', colon + 1) == std::string_view::npos) {
    address = text.substr(0, colon);
    port = text.substr(colon);
  }
  auto parsed = parseIpAddress(address);
  if (!parsed) return std::nullopt;
  if (text.starts_with('[') && parsed->family != IpAddress::Family::kV6) return std::nullopt;
  if (port.empty()) return NameServer{*parsed};
  auto number = port.starts_with(':') ? parsePort(port.substr(1)) : std::nullopt;
  if (!number) return std::nullopt;
  return NameServer{*parsed, *number};
}

}  // namespace

std::variant<std::vector<NameServer>, std::string> parseNameServers(std::string_view text) {
  std::vector<NameServer> servers;
  while (!text.empty()) {
    size_t comma = text.find(',');
    std::string_view one = text.substr(0, comma);
    auto server = parseNameServer(one);
    if (!server) {
      return "'" + std::string(one) +
             "' is not the address of a name server, like 192.0.2.1, 192.0.2.1:5353 or "
             "[2001:db8::1]:5353";
    }
    servers.push_back(*server);
    if (servers.size() > kMaxServers) {
      return "more than " + std::to_string(kMaxServers) + " name servers";
    }
    // A comma at the end leaves an empty one, which is none.
    if (comma + 1 == text.size()) return std::string("there is nothing behind the last comma");
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return servers;
}

}  // namespace nano
