#include "supervisor/egress/admitted_addresses.h"

#include <optional>

namespace nano {

AdmittedAddresses admittedAddresses(const EgressPolicy& policy, const Destination& destination,
                                    std::span<const IpAddress> addresses) {
  AdmittedAddresses result;
  std::optional<EgressDecision> denial;
  bool areThisServer = !addresses.empty();
  for (const IpAddress& address : addresses) {
    EgressDecision decision = policy.decide(destination, address);
    areThisServer = areThisServer && decision.why == EgressDecision::Why::kThisServer;
    if (decision.allowed) {
      if (result.addresses.empty()) result.decision = decision;
      result.addresses.push_back(address);
    } else if (!denial) {
      denial = decision;
    }
  }
  if (!denial || (!result.addresses.empty() && !policy.refusesMixedAnswers())) return result;
  result.addresses.clear();
  result.decision = *denial;
  result.areThisServer = areThisServer;
  return result;
}

}  // namespace nano
