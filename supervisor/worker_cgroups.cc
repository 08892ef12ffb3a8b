#include "supervisor/worker_cgroups.h"

#include <unistd.h>

#include <glog/logging.h>

namespace nano {

std::variant<WorkerCgroups, std::string> openWorkerCgroups(const std::string& where,
                                                           const std::optional<User>& user,
                                                           CgroupAbsence absence) {
  CgroupRequest request;
  request.uid = user ? user->uid : geteuid();
  request.gid = user ? user->gid : getegid();
  if (where != "auto") request.parent = where;
  std::variant<std::unique_ptr<CgroupTree>, std::string> opened = std::string("it says none");
  if (where != "none") opened = openCgroups(request);

  std::string missing;
  WorkerCgroups cgroups{withoutCgroups(), false};
  if (auto* why = std::get_if<std::string>(&opened)) {
    missing = *why;
  } else {
    cgroups.tree = std::move(std::get<std::unique_ptr<CgroupTree>>(opened));
    cgroups.isWhole = cgroups.tree->enforces(CgroupController::kMemory) &&
                      cgroups.tree->enforces(CgroupController::kPids);
    LOG(INFO) << "workers are limited by cgroups " << cgroups.tree->describe();
    missing = cgroups.tree->describe();
  }
  if (cgroups.isWhole) return cgroups;
  if (absence == CgroupAbsence::kRefused) {
    return "--cgroup: the kernel cannot limit workers' memory and threads here (" + missing +
           "). Start nanod as root or under systemd with Delegate= (deploy/nano.service), or let "
           "it do without: --allow-weaker-sandbox=cgroup";
  }
  LOG(WARNING) << "cgroups do not limit workers' memory and threads (" << missing
               << "), as --allow-weaker-sandbox says; nanod looks at their memory itself";
  return cgroups;
}

}  // namespace nano
