#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/layer.h"

// What the kernel says a process may do: /proc/PID/status. A worker's own report of its sandbox is
// the word of a suspect; this is not.
namespace nano {

struct ProcessStatus {
  std::vector<uid_t>
      uids;  // real, effective, saved, file system; as the reader's namespace sees them
  std::vector<gid_t> groups;  // supplementary
  std::vector<pid_t> nsPids;  // its number in the reader's pid namespace, and in each one below
  uint64_t inheritable = 0;
  uint64_t permitted = 0;
  uint64_t effective = 0;
  uint64_t bounding = 0;
  uint64_t ambient = 0;
  int threads = 0;
  int noNewPrivs = 0;
  int seccomp = 0;  // 2: a filter
};

// Nothing if a line is missing or is not what it should be.
std::optional<ProcessStatus> parseProcessStatus(std::string_view text);

// The sandbox, or the part of it that is already in force.
enum class Stage { kEntered, kLocked };

// Names the first thing that is not as enterSandbox() (and lockSyscalls()) leave it; nothing if all
// is shut.
std::optional<std::string> findOpenRight(const ProcessStatus& status,
                                         const std::vector<Layer>& weakened, Stage stage);

// The same for every thread of a process, read from /proc: the supervisor's check of a worker that
// says it is ready. The caller must not have reaped the process. A process that has ended, or a
// /proc that hides it, counts as open.
std::optional<std::string> findOpenRight(pid_t pid, const std::vector<Layer>& weakened);

}  // namespace nano
