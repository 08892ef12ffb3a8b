#include "sandbox/privileges.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sandbox/step.h"

namespace nano {
namespace {

// Linux 6.3; Debian 12's header is older.
constexpr int kSetMdwe = 65;                  // PR_SET_MDWE
constexpr unsigned long kRefuseExecGain = 1;  // PR_MDWE_REFUSE_EXEC_GAIN

struct ResourceLimit {
  const char* name;
  __rlimit_resource resource;
  rlim_t value;
};

// Not here: RLIMIT_AS, because V8 reserves far more than it uses; RLIMIT_NPROC, because before
// Linux 5.14 it counts all processes of a host user, whom many workers share (and the filter
// forbids clone anyway).
constexpr ResourceLimit kResourceLimits[] = {
    {"RLIMIT_CORE", RLIMIT_CORE, 0},               // a dump would hold tenants' data
    {"RLIMIT_FSIZE", RLIMIT_FSIZE, 0},             // no held descriptor becomes storage
    {"RLIMIT_NOFILE", RLIMIT_NOFILE, 64},          // a worker uses about 15
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK, 0},         // locked memory escapes reclaim
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE, 0},       // kernel memory of a user
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING, 64},  // kernel memory of a user
    {"RLIMIT_STACK", RLIMIT_STACK, 8 << 20},       // V8's --stack-size (984 kB) must end first
};

// Capability numbers are below 64: the kernel's sets are 64 bits wide.
constexpr int kHighestCapability = 63;

void dropBoundingSet(const std::vector<Layer>& weakened) {
  for (int capability = 0; capability <= kHighestCapability; ++capability) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    if (errno == EINVAL) return;  // beyond the last one this kernel knows
    if (errno == EPERM && isWeakened(weakened, Layer::kUserNamespace)) return;
    failStep("drop capability bounding set", errno);
  }
}

[[noreturn]] void trap(int) { __builtin_trap(); }

}  // namespace

void closeDescriptorsFrom(int first) {
  // By number: glibc before 2.34 has no close_range.
  mustSucceed("close descriptors", syscall(SYS_close_range, first, ~0U, 0));
}

void limitResources() {
  for (const ResourceLimit& limit : kResourceLimits) {
    rlimit both = {limit.value, limit.value};
    // Only the operator's own limit may be lower than ours, and then it stays.
    rlimit current = {};
    mustSucceed(limit.name, getrlimit(limit.resource, &current));
    if (current.rlim_max < limit.value) both = {current.rlim_max, current.rlim_max};
    mustSucceed(limit.name, setrlimit(limit.resource, &both));
  }
}

void dropCapabilities(const std::vector<Layer>& weakened) {
  mustSucceed("clear ambient capabilities",
              prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
  dropBoundingSet(weakened);

  constexpr unsigned long kUidZeroIsNobody =
      SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
      SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
      SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  if (prctl(PR_SET_SECUREBITS, kUidZeroIsNobody, 0, 0, 0) != 0 &&
      !(errno == EPERM && isWeakened(weakened, Layer::kUserNamespace))) {
    failStep("lock securebits", errno);
  }

  // Last: the two steps above need CAP_SETPCAP.
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  mustSucceed("drop capabilities", syscall(SYS_capset, &header, none));
}

void forbidNewPrivileges() { mustSucceed("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }

bool refuseNewCode() {
  if (prctl(kSetMdwe, kRefuseExecGain, 0, 0, 0) == 0) return true;
  if (errno != EINVAL) failStep("no new code", errno);
  return false;
}

void hideMemory() { mustSucceed("dumpable", prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)); }

void dieWithParent() {
  mustSucceed("parent death signal", prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
}

void makeAbortTrap() {
  struct sigaction action = {};
  action.sa_handler = trap;
  mustSucceed("abort handler", sigaction(SIGABRT, &action, nullptr));
}

}  // namespace nano
