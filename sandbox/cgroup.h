#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sandbox/cgroup_directory.h"

// What the kernel's control groups hold a worker to: memory, CPU time, number of threads. One tree
// for nanod, one group below it for each worker; by version 2, by version 1, or not at all.
namespace nano {

enum class CgroupController { kMemory, kCpu, kPids };

inline constexpr CgroupController kAllCgroupControllers[] = {
    CgroupController::kMemory, CgroupController::kCpu, CgroupController::kPids};

std::string_view controllerName(CgroupController controller);  // "memory", "cpu", "pids"

// How spawn() puts a process into its group before it runs the program. Borrowed descriptors.
struct CgroupPlacement {
  int directory = -1;      // version 2: the process is born in it
  std::vector<int> procs;  // version 1: cgroup.procs of each hierarchy, open for writing
};

enum class LimitResult {
  kSet,
  kBelowUsage,   // More is in use and cannot be taken back; the former limit stays.
  kNotEnforced,  // The kernel does not hold the group to it.
};

struct CgroupMemory {
  uint64_t current;
  uint64_t peak;  // `current` on kernels that do not record it.
};

// The group of one worker. Destroying it removes the group, so the process is reaped before; where
// the kernel is still letting go of the process, the tree removes the group later.
class WorkerCgroup {
 public:
  virtual ~WorkerCgroup() noexcept(false) = default;

  virtual CgroupPlacement placement() const = 0;
  // Of everything the process has in memory, swap included: none of it is swapped out. Past it the
  // kernel kills the process.
  virtual LimitResult setMemoryLimit(uint64_t bytes) = 0;
  // Its share where CPUs are scarce, in relation to other workers; 1 to 10000, 100 is usual.
  virtual LimitResult setCpuWeight(uint32_t weight) = 0;
  // Whether it runs only where no other worker wants the CPU, whatever its weight; the kernel's
  // cpu.idle, and on kernels before 5.15 the least weight. Never throws.
  virtual LimitResult setCpuIdle(bool isIdle) = 0;
  // What it gets at most, in percent of one core.
  virtual LimitResult setCpuQuota(uint32_t percent) = 0;
  // Threads and processes.
  virtual LimitResult setPidsLimit(uint32_t tasks) = 0;
  // Nothing where memory is not counted.
  virtual std::optional<CgroupMemory> memory() const = 0;
  // Processes of the group that the kernel has killed for memory.
  virtual uint64_t oomKills() const = 0;
};

// nanod's own part of the machine's cgroups, for any of its threads. Destroying it removes
// everything it made. Outlives the groups of its workers.
class CgroupTree {
 public:
  virtual ~CgroupTree() noexcept(false) = default;

  // An empty group without limits. Throws when the kernel refuses one.
  virtual std::unique_ptr<WorkerCgroup> addWorker() = 0;
  virtual bool enforces(CgroupController controller) const = 0;
  // "v1: memory, cpu, pids"
  virtual std::string describe() const = 0;
};

struct CgroupRequest {
  // The group below which ours is made, as in "/nano"; empty: the one this process is in, so that
  // what is imposed on us holds for our workers too.
  std::string parent;
  // Who will add workers: we are still root, and about to become somebody.
  uid_t uid;
  gid_t gid;
  // For a test's imitation.
  std::string mountinfoFile = "/proc/self/mountinfo";
  std::string ownGroupsFile = "/proc/self/cgroup";
  DirectoryCalls calls = kKernelDirectoryCalls;
};

// Finds out what this machine offers and makes our part, after removing what a dead nanod left
// there. Version 2 where it has memory and pids, otherwise version 1, of which controllers may be
// missing: see enforces(). A string says why there is nothing. For the start, with one thread.
std::variant<std::unique_ptr<CgroupTree>, std::string> openCgroups(const CgroupRequest& request);

// A tree that enforces nothing.
std::unique_ptr<CgroupTree> withoutCgroups();

}  // namespace nano
