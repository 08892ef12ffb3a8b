#pragma once

#include "sandbox/cgroup.h"
#include "sandbox/cgroup_mounts.h"

namespace nano {

// Version 1: a hierarchy for each controller, or for some together. What cannot be had is missing
// from the tree, and describe() says why.
std::variant<std::unique_ptr<CgroupTree>, std::string> openCgroupsV1(
    const std::vector<CgroupHierarchy>& hierarchies, const CgroupRequest& request);

}  // namespace nano
