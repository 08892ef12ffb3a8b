#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "supervisor/egress/ip_address.h"

namespace nano {

// A block of addresses of one family.
struct Cidr {
  IpAddress network;  // Zero behind the first `bits`.
  uint8_t bits = 0;

  bool contains(const IpAddress& address) const;
  bool contains(const Cidr& other) const;
  bool operator==(const Cidr&) const = default;
};

// The block of this address alone.
Cidr hostBlock(const IpAddress& address);

// "10.0.0.0/8", "fd00::/8", or one address. A string is the part of a sentence that says what is
// wrong. IPv4 addresses mapped into IPv6 are read as what they are.
std::variant<Cidr, std::string> parseCidr(std::string_view text);
std::string toString(const Cidr& cidr);

// The IPv4 address that an IPv4-mapped one (::ffff:0:0/96) is on the wire; others as they are.
IpAddress unmapped(const IpAddress& address);

}  // namespace nano
