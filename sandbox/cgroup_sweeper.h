#pragma once

#include <sys/types.h>

#include <functional>
#include <vector>

#include <kj/io.h>

namespace nano {

// A process that stays what we are now, root, to remove our cgroups when we have become somebody
// who may not and have ended, also by SIGKILL. It does nothing else: it holds no descriptor but
// those it is told of and of root's capabilities only CAP_DAC_OVERRIDE, reads from nobody, and
// waits for the end of a pipe.
class CgroupSweeper final {
 public:
  // `remove` runs in that process, again and again for some seconds until it returns true. For a
  // process with one thread.
  CgroupSweeper(std::vector<int> descriptors, const std::function<bool()>& remove);
  // Lets it remove everything and waits for it.
  ~CgroupSweeper() noexcept(false);
  KJ_DISALLOW_COPY(CgroupSweeper);

  pid_t pid() const { return pid_; }

 private:
  kj::AutoCloseFd alive_;  // Closed by our end, however we end.
  pid_t pid_;
};

}  // namespace nano
