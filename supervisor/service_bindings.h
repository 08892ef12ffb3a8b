#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervisor/app_registry.h"

namespace nano {

// Why this version's service bindings cannot be: names the first that leads to an app which its
// tenant does not have among `apps`. An app may be bound to itself before it is there. Nothing when
// all lead somewhere.
std::optional<std::string> serviceProblem(const std::vector<DeployedApp>& apps,
                                          const AppVersion& version);

// For who removes an app: a sentence about each app of its tenant that is bound to it, and so loses
// what it calls.
std::vector<std::string> lostServices(const std::vector<DeployedApp>& apps,
                                      const std::string& tenant, const std::string& app);

}  // namespace nano
