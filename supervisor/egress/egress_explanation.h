#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json_fwd.hpp>

#include "supervisor/egress/app_egress_policy.h"

namespace nano {

// What a person asks about: as parseDestination(), but the path may be left out, and
// tcp://HOST:PORT and tls://HOST:PORT are sockets.
std::variant<Destination, std::string> parseAskedUrl(std::string_view url);

// What the policy makes of a destination whose name has these addresses; none: nobody knows them.
// {"destination", "proxy" (null: none), "allowed", "by_name": {"allowed", "rule"}, "addresses": a
// list of {"address", "class", "reason", "block", "allowed", "rule", "used"}}
nlohmann::json explainEgress(const AppEgressPolicy& policy, const Destination& destination,
                             std::span<const IpAddress> addresses);

}  // namespace nano
