#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/egress/address_class.h"
#include "supervisor/egress/egress_policy.h"
#include "supervisor/egress/egress_rules.h"
#include "supervisor/egress/own_endpoints.h"

namespace nano {

// Where one app may go, by the operator's rules and its own: both have to allow it.
//
// The operator's first: the rules of the tenant, of all tenants, of the server; the first that is
// met holds. An allow rule is met by the usual ports unless it names ports, and by public addresses
// unless a block of its own is meant for others (opens()), so that no answer of a name server opens
// the inside. Where no rule is met, public addresses and usual ports are allowed.
// The app's own rules only take away: the first that is met holds, and without one it is allowed.
class AppEgressPolicy final : public EgressPolicy {
 public:
  struct Level {
    std::string where;  // "operator: tenants.acme.egress"
    std::shared_ptr<const EgressSettings> settings;
  };
  struct Parts {
    std::vector<Level> operators;               // The nearest first.
    std::shared_ptr<const EgressSettings> app;  // Null: it asks for nothing.
    std::shared_ptr<const OwnEndpoints> own;    // Null: nobody knows.
  };
  explicit AppEgressPolicy(Parts parts) : parts_(std::move(parts)) {}

  EgressDecision decide(const Destination& destination) const override;
  EgressDecision decide(const Destination& destination, const IpAddress& address) const override;
  // Of the own tenant's hosts only what the app says of itself counts. For others the operator's
  // rules do as well; what is built in does not, which is about going out, and a rule with a block
  // of addresses is not met.
  EgressDecision decideServed(const Destination& destination, Neighbour neighbour) const override;
  std::string proxy() const override;
  bool refusesMixedAnswers() const override;

  // As classify(), with what this machine is reached by.
  AddressFacts factsOf(const IpAddress& address) const;

  // Whether both decide alike: what they hold is compared, not where it is.
  bool operator==(const AppEgressPolicy& other) const;

 private:
  struct Known;
  enum class Meets : uint8_t { kNo, kPerhaps, kYes };

  EgressDecision decide(const Destination& destination, const Known* known) const;
  EgressDecision byOperator(const Destination& destination, const Known* known) const;
  bool mayBeServedHere(const Destination& destination) const;
  std::optional<EgressDecision> byApp(const Destination& destination, const Known* known) const;
  Meets meets(const EgressRule& rule, const Destination& destination, const Known* known) const;

  Parts parts_;
};

}  // namespace nano
