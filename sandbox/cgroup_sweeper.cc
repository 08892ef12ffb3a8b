#include "sandbox/cgroup_sweeper.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <kj/debug.h>

#include "sandbox/privileges.h"
#include "sandbox/step.h"

namespace nano {
namespace {

// Dead workers let go of their groups within milliseconds. Version 1 does not say when, so it is
// tried every 10 ms, for 5 s.
constexpr timespec kPause = {0, 10'000'000};
constexpr int kTries = 500;

void keepOnly(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned from = 0;
  for (int fd : kept) {
    auto number = static_cast<unsigned>(fd);
    if (number > from) syscall(SYS_close_range, from, number - 1, 0);
    from = number + 1;
  }
  syscall(SYS_close_range, from, ~0U, 0);
}

// All that is left to it is to write and remove in directories that are somebody else's.
void keepOnlyTheRightToFiles() {
  constexpr int kHighestCapability = 63;
  constexpr uint32_t kKept = 1U << CAP_DAC_OVERRIDE;
  limitResources();
  hideMemory();
  for (int capability = 0; capability <= kHighestCapability; ++capability) {
    if (capability != CAP_DAC_OVERRIDE) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct had[_LINUX_CAPABILITY_U32S_3] = {};
  mustSucceed("sweeper: read capabilities", syscall(SYS_capget, &header, had));
  __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3] = {};
  kept[0].effective = kept[0].permitted = had[0].permitted & kKept;
  mustSucceed("sweeper: drop capabilities", syscall(SYS_capset, &header, kept));
  forbidNewPrivileges();
}

[[noreturn]] void sweep(std::vector<int> kept, int alive, const std::function<bool()>& remove) {
  // Ctrl-C and a service manager's SIGTERM are meant for nanod.
  setsid();
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  prctl(PR_SET_NAME, "nano-sweeper", 0, 0, 0);
  kept.push_back(alive);
  keepOnly(std::move(kept));
  keepOnlyTheRightToFiles();
  char byte;
  while (read(alive, &byte, 1) < 0 && errno == EINTR) {
  }
  for (int i = 0; i < kTries && !remove(); ++i)
    nanosleep(&kPause, nullptr);
  _exit(0);
}

}  // namespace

CgroupSweeper::CgroupSweeper(std::vector<int> descriptors, const std::function<bool()>& remove) {
  int ends[2];
  KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
  kj::AutoCloseFd reader(ends[0]);
  alive_ = kj::AutoCloseFd(ends[1]);
  KJ_SYSCALL(pid_ = fork());
  if (pid_ == 0) {
    // By itself: without close_range the sweeper would wait for its own end of the pipe.
    alive_ = nullptr;
    sweep(std::move(descriptors), reader, remove);
  }
}

CgroupSweeper::~CgroupSweeper() noexcept(false) {
  alive_ = nullptr;
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace nano
