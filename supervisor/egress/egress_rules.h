#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/egress/address_class.h"
#include "supervisor/egress/cidr.h"
#include "supervisor/egress/outbound.h"

namespace nano {

// One rule. Each list is a condition, met when one of its entries is; an empty list is met always.
struct EgressRule {
  enum class Action : uint8_t { kAllow, kDeny };

  struct Host {
    enum class Kind : uint8_t {
      kExact,  // "example.com"
      kBelow,  // "*.example.com": every name that ends in ".example.com"
      kAny,    // "*"
    };
    Kind kind = Kind::kAny;
    std::string name{};

    bool matches(std::string_view host) const;
    bool operator==(const Host&) const = default;
  };

  struct Ports {
    uint16_t first = 0;
    uint16_t last = 0;

    bool contains(uint16_t port) const { return port >= first && port <= last; }
    bool operator==(const Ports&) const = default;
  };

  Action action = Action::kDeny;
  std::vector<Host> hosts{};
  std::vector<Cidr> blocks{};
  std::vector<Ports> ports{};
  std::vector<Destination::Scheme> schemes{};

  bool operator==(const EgressRule&) const = default;
};

// What an operator says at one level, or an app of itself. `proxy` and `mixed` are the operator's.
struct EgressSettings {
  // Nothing gets out: as a rule that denies everything, before all others here.
  bool isNone = false;
  std::vector<EgressRule> rules{};
  std::optional<std::string> proxy{};  // Empty: none.

  // What becomes of a name some of whose addresses may not be reached.
  enum class Mixed : uint8_t {
    kDrop,    // The others are used.
    kRefuse,  // None is.
  };
  std::optional<Mixed> mixed{};

  bool operator==(const EgressSettings&) const = default;
};

// Of scheme, host and port.
bool meetsName(const EgressRule& rule, const Destination& destination);
// Of the blocks; an IPv4 address inside an IPv6 one is looked at as well.
bool meetsAddress(const EgressRule& rule, const IpAddress& address, const AddressFacts& facts);

// Whether one of the rule's blocks is meant for this address: holds it, and lies within the block
// that makes it not public. So 0.0.0.0/0 opens no private network, and 169.254.0.0/16 no metadata.
bool opens(const EgressRule& rule, const IpAddress& address, const AddressFacts& facts);

}  // namespace nano
