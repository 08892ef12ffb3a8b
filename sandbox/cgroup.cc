#include "sandbox/cgroup.h"

#include <fstream>
#include <iterator>

#include <kj/debug.h>

#include "sandbox/cgroup_mounts.h"
#include "sandbox/cgroup_v1.h"
#include "sandbox/cgroup_v2.h"

namespace nano {
namespace {

std::string readFile(const std::string& path) {
  std::ifstream file(path);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

class NoWorkerCgroup final : public WorkerCgroup {
 public:
  CgroupPlacement placement() const override { return {}; }
  LimitResult setMemoryLimit(uint64_t /*bytes*/) override { return LimitResult::kNotEnforced; }
  LimitResult setCpuWeight(uint32_t /*weight*/) override { return LimitResult::kNotEnforced; }
  LimitResult setCpuIdle(bool /*isIdle*/) override { return LimitResult::kNotEnforced; }
  LimitResult setCpuQuota(uint32_t /*percent*/) override { return LimitResult::kNotEnforced; }
  LimitResult setPidsLimit(uint32_t /*tasks*/) override { return LimitResult::kNotEnforced; }
  std::optional<CgroupMemory> memory() const override { return std::nullopt; }
  uint64_t oomKills() const override { return 0; }
};

class NoCgroupTree final : public CgroupTree {
 public:
  std::unique_ptr<WorkerCgroup> addWorker() override { return std::make_unique<NoWorkerCgroup>(); }
  bool enforces(CgroupController /*controller*/) const override { return false; }
  std::string describe() const override { return "none"; }
};

}  // namespace

std::string_view controllerName(CgroupController controller) {
  switch (controller) {
    case CgroupController::kMemory:
      return "memory";
    case CgroupController::kCpu:
      return "cpu";
    case CgroupController::kPids:
      return "pids";
  }
  KJ_UNREACHABLE;
}

std::variant<std::unique_ptr<CgroupTree>, std::string> openCgroups(const CgroupRequest& request) {
  auto hierarchies = findCgroupHierarchies(readFile(request.mountinfoFile),
                                           readFile(request.ownGroupsFile), request.parent);
  for (auto& hierarchy : hierarchies) {
    if (hierarchy.isVersion2 && hasNeededControllers(hierarchy)) {
      return openCgroupsV2(hierarchy, request);
    }
  }
  if (hierarchies.empty()) return std::string("no cgroup file system is mounted here");
  return openCgroupsV1(hierarchies, request);
}

std::unique_ptr<CgroupTree> withoutCgroups() { return std::make_unique<NoCgroupTree>(); }

}  // namespace nano
