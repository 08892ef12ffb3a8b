#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nano {

// An address as bytes, which is what policy is decided on: a text has many spellings.
struct IpAddress {
  enum class Family : uint8_t { kV4, kV6 };
  Family family = Family::kV4;
  // In network order; of IPv4 the first four, the rest is zero.
  std::array<uint8_t, 16> bytes{};

  bool operator==(const IpAddress&) const = default;
};

// Dotted quad with four decimal parts and no leading zeros, or IPv6 as RFC 4291 2.2 without a zone:
// the forms that the URL standard serialises to. Nothing else is an address here.
std::optional<IpAddress> parseIpAddress(std::string_view text);
std::string toString(const IpAddress& address);

// Of AF_INET and AF_INET6; nothing of other families.
std::optional<IpAddress> addressOf(const sockaddr& address);
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};
SocketAddress socketAddress(const IpAddress& address, uint16_t port);

}  // namespace nano
