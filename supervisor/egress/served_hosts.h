#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "supervisor/egress/egress_policy.h"
#include "supervisor/request_router.h"

namespace nano {

struct ServedHost {
  const Route* route;  // Of the router.
  Neighbour neighbour;
};

// The app of this server that answers where an app of `tenant` fetches, without asking DNS: one
// that has the host as a route of the same tenant's, or a name below localhost. Another tenant's
// route does not count. Whoever has it has not shown that the name is theirs, so where it leads is
// DNS's to say. `listensOn`: whether nanod takes requests on this port.
std::optional<ServedHost> findServedHost(const RequestRouter& router, std::string_view tenant,
                                         const Destination& destination,
                                         const std::function<bool(uint16_t)>& listensOn);

}  // namespace nano
