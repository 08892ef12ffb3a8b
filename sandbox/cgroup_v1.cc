#include "sandbox/cgroup_v1.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>

#include <kj/debug.h>

#include "sandbox/cgroup_instance.h"
#include "sandbox/cgroup_sweeper.h"

namespace nano {
namespace {

constexpr const char kProcs[] = "cgroup.procs";
constexpr const char kShares[] = "cpu.shares";
constexpr const char kIdle[] = "cpu.idle";
// Of a group that has the usual weight, 100 in version 2.
constexpr uint64_t kUsualShares = 1024;
constexpr uint64_t kLeastShares = 2;
constexpr uint64_t kPeriodMicroseconds = 100'000;

struct Hierarchy {
  std::vector<CgroupController> controllers;
  std::unique_ptr<CgroupInstance> instance;
};

// The worker's group in one hierarchy.
class GroupV1 final {
 public:
  GroupV1(CgroupInstance& instance, const std::string& name)
      : instance_(instance),
        name_(name),
        directory_(instance.addGroup(name)) {}
  ~GroupV1() noexcept(false) { instance_.removeGroup(name_); }
  KJ_DISALLOW_COPY(GroupV1);

  void openProcs() {
    auto opened = directory_.openToWrite(kProcs);
    if (auto* error = std::get_if<int>(&opened)) KJ_FAIL_SYSCALL("open cgroup.procs", *error);
    procs_ = kj::mv(std::get<kj::AutoCloseFd>(opened));
  }
  int procs() const { return procs_; }
  const CgroupDirectory& directory() const { return directory_; }

 private:
  CgroupInstance& instance_;
  std::string name_;
  CgroupDirectory directory_;
  kj::AutoCloseFd procs_;
};

class WorkerCgroupV1 final : public WorkerCgroup {
 public:
  WorkerCgroupV1(std::vector<Hierarchy>& hierarchies, const std::string& name) {
    for (auto& hierarchy : hierarchies) {
      GroupV1& group = groups_.emplace_back(*hierarchy.instance, name);
      group.openProcs();
      for (auto controller : hierarchy.controllers)
        of_[controller] = &group.directory();
    }
  }

  CgroupPlacement placement() const override {
    CgroupPlacement placement;
    for (auto& group : groups_)
      placement.procs.push_back(group.procs());
    return placement;
  }

  LimitResult setMemoryLimit(uint64_t bytes) override {
    const CgroupDirectory* group = find(CgroupController::kMemory);
    if (group == nullptr) return LimitResult::kNotEnforced;
    // The limit of both bounds what may be swapped out, this forbids it.
    (void)group->write("memory.swappiness", "0");
    // The limit of memory and swap together is never the smaller one, at no moment.
    const char* first = "memory.limit_in_bytes";
    const char* second = "memory.memsw.limit_in_bytes";
    auto former = group->readNumber(first);
    if (former && *former < bytes) std::swap(first, second);
    std::string text = std::to_string(bytes);
    for (const char* file : {first, second}) {
      if (!group->has(file)) continue;  // a kernel without swap accounting
      int error = group->write(file, text);
      if (error == EBUSY) {
        if (file == second && former) {
          // Swap alone is in the way. Raising the limit again always works.
          KJ_ASSERT(group->write(first, std::to_string(*former)) == 0);
        }
        return LimitResult::kBelowUsage;
      }
      if (error != 0) KJ_FAIL_SYSCALL("memory limit of a cgroup", error, file, bytes);
    }
    return LimitResult::kSet;
  }

  LimitResult setCpuWeight(uint32_t weight) override {
    shares_ = std::max(weight * kUsualShares / 100, kLeastShares);
    // The kernel takes no shares of a group that is idle.
    if (isIdle_) return LimitResult::kSet;
    return set(CgroupController::kCpu, kShares, shares_);
  }

  LimitResult setCpuIdle(bool isIdle) override {
    const CgroupDirectory* group = find(CgroupController::kCpu);
    if (group == nullptr || !group->has(kShares)) return LimitResult::kNotEnforced;
    isIdle_ = isIdle;
    int error = group->has(kIdle) ? group->write(kIdle, isIdle ? "1" : "0") : 0;
    // Whoever is idle no longer has the usual shares.
    if (!isIdle || !group->has(kIdle)) {
      error = group->write(kShares, std::to_string(isIdle ? kLeastShares : shares_));
    }
    return error == 0 ? LimitResult::kSet : LimitResult::kNotEnforced;
  }

  LimitResult setCpuQuota(uint32_t percent) override {
    auto period = set(CgroupController::kCpu, "cpu.cfs_period_us", kPeriodMicroseconds);
    if (period != LimitResult::kSet) return period;  // a kernel without CFS bandwidth control
    return set(CgroupController::kCpu, "cpu.cfs_quota_us", kPeriodMicroseconds * percent / 100);
  }

  LimitResult setPidsLimit(uint32_t tasks) override {
    return set(CgroupController::kPids, "pids.max", tasks);
  }

  std::optional<CgroupMemory> memory() const override {
    const CgroupDirectory* group = find(CgroupController::kMemory);
    if (group == nullptr) return std::nullopt;
    auto current = group->readNumber("memory.usage_in_bytes");
    if (!current) return std::nullopt;
    return CgroupMemory{*current,
                        group->readNumber("memory.max_usage_in_bytes").value_or(*current)};
  }

  uint64_t oomKills() const override {
    const CgroupDirectory* group = find(CgroupController::kMemory);
    if (group == nullptr) return 0;
    return group->readNumber("memory.oom_control", "oom_kill").value_or(0);
  }

 private:
  const CgroupDirectory* find(CgroupController controller) const {
    auto found = of_.find(controller);
    return found == of_.end() ? nullptr : found->second;
  }

  LimitResult set(CgroupController controller, const char* file, uint64_t value) {
    const CgroupDirectory* group = find(controller);
    if (group == nullptr || !group->has(file)) return LimitResult::kNotEnforced;
    int error = group->write(file, std::to_string(value));
    if (error != 0) KJ_FAIL_SYSCALL("limit of a cgroup", error, file, value);
    return LimitResult::kSet;
  }

  std::deque<GroupV1> groups_;
  std::map<CgroupController, const CgroupDirectory*> of_;
  uint64_t shares_ = kUsualShares;
  bool isIdle_ = false;
};

class CgroupTreeV1 final : public CgroupTree {
 public:
  CgroupTreeV1(std::vector<Hierarchy> hierarchies, std::string problems,
               const CgroupRequest& request)
      : hierarchies_(std::move(hierarchies)),
        problems_(std::move(problems)) {
    for (auto& hierarchy : hierarchies_)
      prepare(hierarchy, request);
    if (request.uid == geteuid()) return;
    std::vector<int> kept;
    for (auto& hierarchy : hierarchies_) {
      kept.push_back(hierarchy.instance->parent().fd());
      kept.push_back(hierarchy.instance->directory().fd());
    }
    sweeper_ = std::make_unique<CgroupSweeper>(std::move(kept), [this]() { return removeAll(); });
  }

  std::unique_ptr<WorkerCgroup> addWorker() override {
    return std::make_unique<WorkerCgroupV1>(hierarchies_, "worker-" + std::to_string(++workers_));
  }

  bool enforces(CgroupController controller) const override {
    for (auto& hierarchy : hierarchies_) {
      auto& has = hierarchy.controllers;
      if (std::find(has.begin(), has.end(), controller) != has.end()) return true;
    }
    return false;
  }

  std::string describe() const override {
    std::string text = "v1:";
    for (auto controller : kAllCgroupControllers) {
      if (!enforces(controller)) continue;
      text += (text.ends_with(':') ? " " : ", ") + std::string(controllerName(controller));
    }
    return problems_.empty() ? text : text + "; " + problems_;
  }

 private:
  static void prepare(const Hierarchy& hierarchy, const CgroupRequest& request) {
    auto& directory = hierarchy.instance->directory();
    // All workers together may have the whole machine, not one process's share of it. Beyond what
    // the kernel takes it stays as it is.
    uint64_t cpus = static_cast<uint64_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
    if (directory.has(kShares)) {
      (void)directory.write(kShares, std::to_string(kUsualShares * cpus));
      enterLeaf(*hierarchy.instance);
    }
    int error = directory.giveTo(request.uid, request.gid);
    if (error != 0) KJ_FAIL_SYSCALL("chown of a cgroup", error, directory.path());
  }

  // Beside its workers nanod competes with each of them, instead of with all at once. Who may not
  // move stays where it is.
  static void enterLeaf(CgroupInstance& instance) {
    auto leaf = instance.addGroup(CgroupInstance::kSupervisor);
    (void)leaf.write(kShares, std::to_string(CgroupInstance::kSupervisorWeight * kUsualShares));
    (void)leaf.write(kProcs, "0");
  }

  bool removeAll() {
    bool isGone = true;
    for (auto& hierarchy : hierarchies_)
      isGone = hierarchy.instance->removeAll() && isGone;
    return isGone;
  }

  std::vector<Hierarchy> hierarchies_;
  std::string problems_;
  std::atomic<uint64_t> workers_ = 0;
  std::unique_ptr<CgroupSweeper> sweeper_;  // Ends first: our own rights may not do.
};

// Finds the hierarchy of one controller and makes our group there, if that is not done yet. Why not
// is a string.
std::optional<std::string> add(CgroupController controller,
                               const std::vector<CgroupHierarchy>& hierarchies,
                               const CgroupRequest& request, std::vector<Hierarchy>& opened) {
  auto found = std::find_if(
      hierarchies.begin(), hierarchies.end(), [controller](const CgroupHierarchy& hierarchy) {
        auto& has = hierarchy.controllers;
        return !hierarchy.isVersion2 &&
               std::find(has.begin(), has.end(), controllerName(controller)) != has.end();
      });
  if (found == hierarchies.end()) return "no hierarchy has it";
  for (auto& other : opened) {
    if (other.instance->parent().path() != found->directory) continue;
    other.controllers.push_back(controller);
    return std::nullopt;
  }
  auto parent = CgroupDirectory::open(found->directory, request.calls);
  if (auto* error = std::get_if<int>(&parent)) {
    return found->directory + ": " + strerror(*error);
  }
  auto made = CgroupInstance::make(std::move(std::get<CgroupDirectory>(parent)));
  if (auto* why = std::get_if<std::string>(&made)) return *why;
  opened.push_back({{controller}, std::move(std::get<std::unique_ptr<CgroupInstance>>(made))});
  return std::nullopt;
}

}  // namespace

std::variant<std::unique_ptr<CgroupTree>, std::string> openCgroupsV1(
    const std::vector<CgroupHierarchy>& hierarchies, const CgroupRequest& request) {
  std::vector<Hierarchy> opened;
  std::string problems;
  for (auto controller : kAllCgroupControllers) {
    auto why = add(controller, hierarchies, request, opened);
    if (!why) continue;
    problems += (problems.empty() ? "" : "; ");
    problems.append(controllerName(controller)).append(": ").append(*why);
  }
  if (opened.empty()) return problems;
  return std::unique_ptr<CgroupTree>(
      std::make_unique<CgroupTreeV1>(std::move(opened), std::move(problems), request));
}

}  // namespace nano
