#pragma once

#include "sandbox/cgroup.h"
#include "sandbox/cgroup_mounts.h"

namespace nano {

// Version 2, the unified hierarchy. Moves this process into a group "supervisor" of its own: one
// that has processes can hand no controllers to groups below it.
std::variant<std::unique_ptr<CgroupTree>, std::string> openCgroupsV2(
    const CgroupHierarchy& hierarchy, const CgroupRequest& request);

// Whether the group has memory and pids to hand on; cpu we can do without.
bool hasNeededControllers(const CgroupHierarchy& hierarchy);

}  // namespace nano
