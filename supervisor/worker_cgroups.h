#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "sandbox/cgroup.h"
#include "supervisor/run_as_user.h"

namespace nano {

// Whether nanod may serve where cgroups do not limit memory and threads (security 2.6). It only
// permits that: what there is is used all the same.
enum class CgroupAbsence { kRefused, kPermitted };

struct WorkerCgroups {
  std::unique_ptr<CgroupTree> tree;
  bool isWhole;  // Limits memory and threads.
};

// `where` is "auto", "none" or a group's path, as --cgroup has it; `user` is whom we shall become.
// Before that, and before any thread. A string says why nanod must not serve.
std::variant<WorkerCgroups, std::string> openWorkerCgroups(const std::string& where,
                                                           const std::optional<User>& user,
                                                           CgroupAbsence absence);

}  // namespace nano
