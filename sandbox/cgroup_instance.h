#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <kj/common.h>
#include <kj/mutex.h>

#include "sandbox/cgroup_directory.h"

namespace nano {

// The group of one nanod in one hierarchy, "nanod-PID-N" in the group that was given to it; workers
// are below. A lock on it tells others that its nanod lives, whatever has become of its number. For
// any thread.
class CgroupInstance final {
 public:
  // The leaf beside the workers' that nanod itself may be in, and its weight: so many times a
  // worker's, as what all workers do passes through nanod.
  static constexpr char kSupervisor[] = "supervisor";
  static constexpr uint32_t kSupervisorWeight = 10;

  // Removes those whose nanod is dead, and makes one. A string says why not.
  static std::variant<std::unique_ptr<CgroupInstance>, std::string> make(CgroupDirectory parent);
  ~CgroupInstance() noexcept(false);
  KJ_DISALLOW_COPY(CgroupInstance);

  const CgroupDirectory& parent() const { return parent_; }
  const CgroupDirectory& directory() const { return directory_; }

  // Throws when the kernel refuses.
  CgroupDirectory addGroup(const std::string& name);
  // A group that the kernel still holds for a process that has just died is removed by the next
  // call, or by removeAll().
  void removeGroup(const std::string& name);
  // Everything, itself included; whoever is in the supervisor's leaf goes back above. False when
  // something is left, so that it is worth another try.
  bool removeAll();

 private:
  CgroupInstance(CgroupDirectory parent, CgroupDirectory directory, std::string name);
  void removeLeftovers();

  CgroupDirectory parent_;
  CgroupDirectory directory_;
  std::string name_;
  // Workers of all front ends end here, so this is one of the few things under a lock: it is held
  // for a system call or two when a worker starts or ends.
  kj::MutexGuarded<std::vector<std::string>> leftovers_;
};

}  // namespace nano
