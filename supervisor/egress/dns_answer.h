#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "supervisor/egress/ip_address.h"

namespace nano {

// What there is of a name in one family.
struct DnsAnswer {
  enum class Kind : uint8_t {
    kAddresses,
    kNoSuchName,
    kNoAddresses,  // The name exists, and has none of this family.
    kFailed        // Nobody could say; `reason` has why.
  };
  Kind kind = Kind::kFailed;
  // At most kMaxDnsAddresses, in the order of the answer.
  std::vector<IpAddress> addresses;
  // The shortest of those of the records that led to the addresses.
  uint32_t ttlSeconds = 0;
  std::string reason;
};

// The rest of an answer is dropped: nobody tries so many, and the cache keeps every one.
inline constexpr size_t kMaxDnsAddresses = 32;
// Aliases on the way from the name to its addresses.
inline constexpr size_t kMaxDnsAliases = 16;

// Reads a name server's whole answer to the question for `name`. Takes the addresses of this name
// and of the aliases that it leads to, each before what it leads to, as servers send them; records
// of other names mean nothing. The time it takes is bounded by the size of the answer.
DnsAnswer readDnsAnswer(const std::string& name, IpAddress::Family family,
                        std::span<const uint8_t> message);

}  // namespace nano
