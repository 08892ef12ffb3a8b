#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/egress/ip_address.h"
#include "supervisor/egress/outbound.h"

namespace nano {

// What was decided, and by which rule: "public addresses only", "operator: tenants.acme.egress[2]".
struct EgressDecision {
  bool allowed = false;
  std::string rule;
  // kThisServer: nobody's rule denies it, and where it leads is nanod itself, which is not
  // connected to but may know an app that answers there.
  enum class Why : uint8_t { kRule, kBuiltIn, kThisServer } why = Why::kRule;
};

// Whose the app of this server is that answers for a host.
enum class Neighbour : uint8_t { kOwnTenant, kOtherTenant };

// Where one app may go. Immutable, shared between threads; a changed policy makes a new one.
class EgressPolicy {
 public:
  virtual ~EgressPolicy() = default;

  // Before a name is looked up: by scheme, host and port alone. Allowed means: ask again with an
  // address.
  virtual EgressDecision decide(const Destination& destination) const = 0;
  // The address that will be connected to, or that a pooled connection is connected to.
  virtual EgressDecision decide(const Destination& destination, const IpAddress& address) const = 0;

  // For a host that an app of this server answers for, without the network and so without an
  // address to ask again with.
  virtual EgressDecision decideServed(const Destination& destination, Neighbour) const {
    return decide(destination);
  }

  // "http://proxy.example:3128": everything goes through it; empty: nothing does. The proxy itself
  // is the operator's and not subject to the policy.
  virtual std::string proxy() const = 0;

  // Of a name that has addresses of both kinds: whether none of them may be used, or else those
  // that are allowed (admitted_addresses.h does it).
  virtual bool refusesMixedAnswers() const { return false; }
};

}  // namespace nano
