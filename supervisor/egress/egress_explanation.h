#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json_fwd.hpp>

#include "supervisor/egress/app_egress_policy.h"
#include "supervisor/egress/served_hosts.h"

namespace nano {

// What a person asks about: as parseDestination(), but the path may be left out, and
// tcp://HOST:PORT and tls://HOST:PORT are sockets.
std::variant<Destination, std::string> parseAskedUrl(std::string_view url);

// What the policy makes of a destination whose name has these addresses; none: nobody knows them.
// {"destination", "proxy" (null: none), "allowed", "by_name": {"allowed", "rule"}, "addresses": a
// list of {"address", "class", "reason", "block", "allowed", "rule", "used"}}
// And "this_server": all of the addresses are nanod's own, and no rule denies them.
nlohmann::json explainEgress(const AppEgressPolicy& policy, const Destination& destination,
                             std::span<const IpAddress> addresses);

// The same of a destination where an app of this server answers, with "served_by": "TENANT/APP".
nlohmann::json explainServed(const EgressPolicy& policy, const Destination& destination,
                             const ServedHost& served);
// Where the network leads back to this server: adds who answers, if anybody does.
void explainArrival(const RequestRouter& router, const Destination& destination,
                    nlohmann::json& explained);

}  // namespace nano
