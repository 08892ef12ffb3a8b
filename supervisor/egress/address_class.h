#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "supervisor/egress/cidr.h"
#include "supervisor/egress/ip_address.h"

namespace nano {

// What an address is for, by its bytes alone.
enum class AddressClass : uint8_t {
  kPublic,         // Of the internet at large. Everything else is somebody's inside, or nobody's.
  kLoopback,       // This machine.
  kOwn,            // An address of this machine; never in the table.
  kPrivate,        // RFC 1918.
  kShared,         // Between a provider and its customers.
  kLinkLocal,      // The next cable.
  kMetadata,       // A cloud's: credentials of this machine for whoever asks.
  kUniqueLocal,    // RFC 4193, IPv6's private addresses.
  kMulticast,      // No single machine.
  kBroadcast,      // All machines on the next cable.
  kUnspecified,    // "This host": a connect() to it reaches the machine itself.
  kReserved,       // For protocols, tunnels, the future: nothing that answers is who it seems.
  kDocumentation,  // For examples.
  kBenchmark,      // For test networks.
};

// "public", "link-local", ...
std::string_view className(AddressClass kind);

// An IPv4 address within an IPv6 one: a packet to the one arrives at the other.
enum class Embedding : uint8_t {
  kNone,
  kLast32,    // ::ffff:0:0/96, NAT64 and alike: the last four bytes.
  kSixToFour  // 2002:V4:V4::/48.
};

// One row of the one table. The first row whose block holds an address is the address's.
struct AddressRow {
  std::string_view block;
  // With an embedding: of those whose IPv4 address is public. Others have that one's class.
  AddressClass kind;
  std::string_view reason;  // Its name in the IANA special-purpose registries, or who uses it.
  Embedding embedding = Embedding::kNone;
};
std::span<const AddressRow> addressTable();

struct AddressFacts {
  AddressClass kind = AddressClass::kPublic;
  std::string_view reason;
  // The block that makes it not public: opened by rules whose blocks lie within. Of a public
  // address it is the address alone.
  Cidr block;
  // IPv4 as seen by who unwraps it.
  std::optional<IpAddress> embedded{};
};
AddressFacts classify(const IpAddress& address);

bool isPublic(const IpAddress& address);

}  // namespace nano
