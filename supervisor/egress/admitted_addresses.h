#pragma once

#include <span>
#include <vector>

#include "supervisor/egress/egress_policy.h"

namespace nano {

struct AdmittedAddresses {
  std::vector<IpAddress> addresses;
  // Without addresses: why there are none.
  EgressDecision decision;
  // There are none because each of them is this server (EgressDecision::Why::kThisServer).
  bool areThisServer = false;
};

// Of a name's addresses those that may be connected to, in their order. Connect to these and to no
// other, without asking a name server again: its next answer may be another one (hostile case U06).
AdmittedAddresses admittedAddresses(const EgressPolicy& policy, const Destination& destination,
                                    std::span<const IpAddress> addresses);

}  // namespace nano
