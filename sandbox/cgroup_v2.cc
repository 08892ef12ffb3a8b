#include "sandbox/cgroup_v2.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <sstream>

#include <kj/debug.h>

#include "sandbox/cgroup_instance.h"
#include "sandbox/cgroup_sweeper.h"

namespace nano {
namespace {

constexpr const char kSubtreeControl[] = "cgroup.subtree_control";
constexpr const char kProcs[] = "cgroup.procs";
constexpr const char kWeight[] = "cpu.weight";
constexpr const char kIdle[] = "cpu.idle";
constexpr const char kLeastWeight[] = "1";
constexpr uint32_t kUsualWeight = 100;
constexpr uint32_t kPeriodMicroseconds = 100'000;

// The controllers that we know among those listed in a file.
std::vector<CgroupController> controllersIn(const CgroupDirectory& directory, const char* file) {
  std::vector<CgroupController> found;
  std::istringstream names(directory.read(file).value_or(""));
  for (std::string name; names >> name;) {
    for (auto controller : kAllCgroupControllers) {
      if (name == controllerName(controller)) found.push_back(controller);
    }
  }
  return found;
}

bool isIn(const std::vector<CgroupController>& controllers, CgroupController controller) {
  for (auto each : controllers) {
    if (each == controller) return true;
  }
  return false;
}

// "+memory +pids"
std::string marked(char sign, const std::vector<CgroupController>& controllers) {
  std::string text;
  for (auto controller : controllers)
    text +=
        (text.empty() ? "" : " ") + std::string(1, sign) + std::string(controllerName(controller));
  return text;
}

class WorkerCgroupV2 final : public WorkerCgroup {
 public:
  WorkerCgroupV2(CgroupInstance& instance, std::string name)
      : instance_(instance),
        name_(std::move(name)),
        group_(instance.addGroup(name_)) {
    // Not on every kernel, and without effect on a worker, which is one process.
    if (group_.has("memory.oom.group")) (void)group_.write("memory.oom.group", "1");
  }
  ~WorkerCgroupV2() noexcept(false) override { instance_.removeGroup(name_); }
  KJ_DISALLOW_COPY(WorkerCgroupV2);

  CgroupPlacement placement() const override { return {group_.fd(), {}}; }

  LimitResult setMemoryLimit(uint64_t bytes) override {
    if (!group_.has("memory.max")) return LimitResult::kNotEnforced;
    // The kernel would take a lower limit and then kill.
    auto used = memory();
    if (used && used->current > bytes) return LimitResult::kBelowUsage;
    if (group_.has("memory.swap.max")) set("memory.swap.max", "0");
    return set("memory.max", std::to_string(bytes));
  }

  LimitResult setCpuWeight(uint32_t weight) override {
    weight_ = weight;
    // The kernel takes no weight of a group that is idle.
    if (!group_.has(kWeight)) return LimitResult::kNotEnforced;
    return isIdle_ ? LimitResult::kSet : set(kWeight, std::to_string(weight));
  }

  LimitResult setCpuIdle(bool isIdle) override {
    if (!group_.has(kWeight)) return LimitResult::kNotEnforced;
    isIdle_ = isIdle;
    int error = group_.has(kIdle) ? group_.write(kIdle, isIdle ? "1" : "0") : 0;
    // Whoever is idle no longer has the usual weight.
    if (!isIdle || !group_.has(kIdle)) {
      error = group_.write(kWeight, isIdle ? kLeastWeight : std::to_string(weight_));
    }
    return error == 0 ? LimitResult::kSet : LimitResult::kNotEnforced;
  }

  LimitResult setCpuQuota(uint32_t percent) override {
    uint64_t quota = uint64_t{kPeriodMicroseconds} * percent / 100;
    return set("cpu.max", std::to_string(quota) + " " + std::to_string(kPeriodMicroseconds));
  }

  LimitResult setPidsLimit(uint32_t tasks) override {
    return set("pids.max", std::to_string(tasks));
  }

  std::optional<CgroupMemory> memory() const override {
    auto current = group_.readNumber("memory.current");
    if (!current) return std::nullopt;
    return CgroupMemory{*current, group_.readNumber("memory.peak").value_or(*current)};
  }

  uint64_t oomKills() const override {
    return group_.readNumber("memory.events", "oom_kill").value_or(0);
  }

 private:
  LimitResult set(const char* file, const std::string& value) {
    if (!group_.has(file)) return LimitResult::kNotEnforced;
    int error = group_.write(file, value);
    if (error != 0) KJ_FAIL_SYSCALL("limit of a cgroup", error, file, value);
    return LimitResult::kSet;
  }

  CgroupInstance& instance_;
  std::string name_;
  CgroupDirectory group_;
  uint32_t weight_ = kUsualWeight;
  bool isIdle_ = false;
};

class CgroupTreeV2 final : public CgroupTree {
 public:
  explicit CgroupTreeV2(std::unique_ptr<CgroupInstance> instance)
      : instance_(std::move(instance)) {}

  ~CgroupTreeV2() noexcept(false) override {
    if (sweeper_ != nullptr) {
      sweeper_ = nullptr;  // It has the rights for this.
    } else {
      removeAll();
    }
  }

  // An errno and what it was for, or nothing when all has worked.
  std::optional<std::string> prepare(const CgroupRequest& request) {
    auto& parent = instance_->parent();
    auto& own = instance_->directory();
    wanted_ = controllersIn(parent, "cgroup.controllers");
    auto already = controllersIn(parent, kSubtreeControl);
    for (auto controller : wanted_) {
      if (!isIn(already, controller)) enabled_.push_back(controller);
    }
    auto leaf = instance_->addGroup(CgroupInstance::kSupervisor);
    if (auto why = failure(leaf, kProcs, "0")) return why;
    if (!enabled_.empty()) {
      if (auto why = failure(parent, kSubtreeControl, marked('+', enabled_))) return why;
    }
    if (auto why = failure(own, kSubtreeControl, marked('+', wanted_))) return why;
    if (leaf.has(kWeight)) {
      (void)leaf.write(kWeight, std::to_string(CgroupInstance::kSupervisorWeight * kUsualWeight));
    }
    if (request.uid == geteuid()) return std::nullopt;

    int error = own.giveTo(request.uid, request.gid);
    for (const char* file : {kProcs, kSubtreeControl, "cgroup.threads"}) {
      if (error == 0 && own.has(file)) error = own.giveTo(request.uid, request.gid, file);
    }
    if (error != 0) return own.path() + ": chown: " + strerror(error);
    sweeper_ = std::make_unique<CgroupSweeper>(std::vector<int>{parent.fd(), own.fd()},
                                               [this]() { return removeAll(); });
    return std::nullopt;
  }

  std::unique_ptr<WorkerCgroup> addWorker() override {
    return std::make_unique<WorkerCgroupV2>(*instance_, "worker-" + std::to_string(++workers_));
  }

  bool enforces(CgroupController controller) const override { return isIn(wanted_, controller); }

  std::string describe() const override {
    std::string text = "v2:";
    for (auto controller : kAllCgroupControllers) {
      if (!enforces(controller)) continue;
      text += (text.ends_with(':') ? " " : ", ") + std::string(controllerName(controller));
    }
    return text;
  }

 private:
  static std::optional<std::string> failure(const CgroupDirectory& directory, const char* file,
                                            std::string_view text) {
    int error = directory.write(file, text);
    if (error == 0) return std::nullopt;
    std::string why = directory.path() + "/" + file + ": " + strerror(error);
    if (error == EBUSY) {
      why +=
          " (other processes are in the group; give nanod one of its own, as systemd's "
          "Delegate= does)";
    }
    return why;
  }

  // Whoever is in our leaf can go back only once the group above hands on no controllers. That
  // fails where another nanod lives beside us: then the leaf stays until somebody removes what dead
  // ones left.
  bool removeAll() {
    auto& parent = instance_->parent();
    auto& own = instance_->directory();
    (void)own.write(kSubtreeControl, marked('-', wanted_));
    if (!enabled_.empty()) (void)parent.write(kSubtreeControl, marked('-', enabled_));
    return instance_->removeAll();
  }

  std::unique_ptr<CgroupInstance> instance_;
  std::vector<CgroupController> wanted_;
  std::vector<CgroupController> enabled_;  // By us, in the parent.
  std::atomic<uint64_t> workers_ = 0;
  std::unique_ptr<CgroupSweeper> sweeper_;
};

}  // namespace

bool hasNeededControllers(const CgroupHierarchy& hierarchy) {
  auto opened = CgroupDirectory::open(hierarchy.directory, kKernelDirectoryCalls);
  auto* directory = std::get_if<CgroupDirectory>(&opened);
  if (directory == nullptr) return false;
  auto controllers = controllersIn(*directory, "cgroup.controllers");
  return isIn(controllers, CgroupController::kMemory) && isIn(controllers, CgroupController::kPids);
}

std::variant<std::unique_ptr<CgroupTree>, std::string> openCgroupsV2(
    const CgroupHierarchy& hierarchy, const CgroupRequest& request) {
  auto parent = CgroupDirectory::open(hierarchy.directory, request.calls);
  if (auto* error = std::get_if<int>(&parent)) {
    return hierarchy.directory + ": " + strerror(*error);
  }
  auto made = CgroupInstance::make(std::move(std::get<CgroupDirectory>(parent)));
  if (auto* why = std::get_if<std::string>(&made)) return *why;
  auto tree =
      std::make_unique<CgroupTreeV2>(std::move(std::get<std::unique_ptr<CgroupInstance>>(made)));
  if (auto why = tree->prepare(request)) return *why;
  return std::unique_ptr<CgroupTree>(std::move(tree));
}

}  // namespace nano
