#include "supervisor/egress/cidr.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace nano {
namespace {

using Family = IpAddress::Family;

constexpr uint8_t kMappedBits = 96;

uint8_t bitsOf(Family family) { return family == Family::kV4 ? 32 : 128; }

// The address with everything behind its first `bits` zero.
IpAddress masked(IpAddress address, uint8_t bits) {
  for (size_t i = 0; i < address.bytes.size(); ++i) {
    size_t kept = bits > 8 * i ? bits - 8 * i : 0;
    if (kept < 8) address.bytes[i] &= static_cast<uint8_t>(0xff00u >> kept);
  }
  return address;
}

std::optional<uint8_t> parseBits(std::string_view text, uint8_t most) {
  uint8_t bits = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  bool good = error == std::errc() && end == text.data() + text.size() && bits <= most &&
              (text.size() == 1 || text[0] != '0');
  return good ? std::optional(bits) : std::nullopt;
}

}  // namespace

bool Cidr::contains(const IpAddress& address) const {
  return address.family == network.family && masked(address, bits) == network;
}

bool Cidr::contains(const Cidr& other) const {
  return other.bits >= bits && contains(other.network);
}

Cidr hostBlock(const IpAddress& address) { return {address, bitsOf(address.family)}; }

IpAddress unmapped(const IpAddress& address) {
  constexpr std::array<uint8_t, 12> kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  bool isMapped = address.family == Family::kV6 &&
                  std::equal(kPrefix.begin(), kPrefix.end(), address.bytes.begin());
  if (!isMapped) return address;
  IpAddress inner;
  std::copy_n(address.bytes.begin() + kPrefix.size(), 4, inner.bytes.begin());
  return inner;
}

std::variant<Cidr, std::string> parseCidr(std::string_view text) {
  size_t slash = text.find('/');
  auto address = parseIpAddress(text.substr(0, slash));
  if (!address) return "is no address and no block like 10.0.0.0/8 or fd00::/8";
  Cidr cidr = hostBlock(*address);
  if (slash != std::string_view::npos) {
    auto bits = parseBits(text.substr(slash + 1), cidr.bits);
    if (!bits) return "has no length from 0 to " + std::to_string(cidr.bits) + " behind its '/'";
    cidr.bits = *bits;
  }
  IpAddress network = masked(*address, cidr.bits);
  if (network != *address) {
    return "has bits behind its length: " + toString(Cidr{network, cidr.bits}) +
           " is the block that it is in";
  }
  IpAddress inner = unmapped(network);
  if (inner != network && cidr.bits >= kMappedBits) {
    return Cidr{inner, static_cast<uint8_t>(cidr.bits - kMappedBits)};
  }
  return cidr;
}

std::string toString(const Cidr& cidr) {
  return toString(cidr.network) + "/" + std::to_string(cidr.bits);
}

}  // namespace nano
