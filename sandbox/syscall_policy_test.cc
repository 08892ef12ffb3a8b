#include "sandbox/syscall_policy.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <seccomp.h>

#include "sandbox/bpf_evaluator.h"
#include "sandbox/seccomp_filter.h"

namespace nano {
namespace {

#ifdef __x86_64__
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

constexpr pid_t kSelf = 17;
constexpr uint64_t kMinusOne32 = 0xffffffff;
using Args = std::array<uint64_t, 6>;

class Judge final {
 public:
  explicit Judge(const SandboxSpec& spec = {})
      : program_(compileFilter(syscallPolicy(spec, kSelf))) {}

  uint32_t judge(int number, const Args& args = {}, uint32_t architecture = kArchitecture) const {
    seccomp_data data = {};
    data.nr = number;
    data.arch = architecture;
    for (size_t i = 0; i < args.size(); ++i)
      data.args[i] = args[i];
    return evaluateBpf(program_, data);
  }
  bool allows(const char* name, const Args& args = {}) const {
    return judge(seccomp_syscall_resolve_name(name), args) == SECCOMP_RET_ALLOW;
  }
  bool kills(const char* name, const Args& args = {}) const {
    return judge(seccomp_syscall_resolve_name(name), args) == SECCOMP_RET_KILL_PROCESS;
  }

 private:
  std::vector<sock_filter> program_;
};

// Names that lead out of the sandbox, whatever the reason: no row may have them.
constexpr const char* kNever[] = {
    "socket",
    "socketpair",
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "execve",
    "execveat",
    "clone",
    "clone3",
    "fork",
    "vfork",
    "unshare",
    "setns",
    "ptrace",
    "kill",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "kcmp",
    "mount",
    "umount2",
    "fsopen",
    "fsmount",
    "move_mount",
    "open_tree",
    "pivot_root",
    "chroot",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "io_setup",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "memfd_create",
    "memfd_secret",
    "keyctl",
    "add_key",
    "request_key",
    "seccomp",
    "dup",
    "dup2",
    "dup3",
    "splice",
    "tee",
    "vmsplice",
    "sendfile",
    "copy_file_range",
    "futex_waitv",
    "rt_sigaction",
    "setuid",
    "setgid",
    "setresuid",
    "setresgid",
    "setgroups",
    "capset",
    "personality",
    "arch_prctl",
    "modify_ldt",
    "timer_create",
    "setrlimit",
    "openat2",
    "open_by_handle_at",
    "name_to_handle_at",
    "creat",
    "mkdir",
    "mkdirat",
    "unlinkat",
    "renameat2",
    "linkat",
    "symlinkat",
    "mknodat",
    "ftruncate",
    "fallocate",
    "memfd_create",
    "shmget",
    "shmat",
    "msgget",
    "semget",
    "mq_open",
    "inotify_init1",
    "fanotify_init",
    "epoll_create1",
    "eventfd2",
    "signalfd4",
    "timerfd_create",
    "pipe2",
    "sendmmsg",
    "recvmmsg",
    "setsockopt",
    "getsockopt",
    "getdents64",
    "chdir",
    "fchdir",
    "mlock",
    "mlockall",
    "mbind",
    "move_pages",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "reboot",
    "swapon",
    "sethostname",
    "acct",
    "settimeofday",
    "clock_settime",
    "adjtimex",
    "quotactl",
    "iopl",
    "ioperm",
    "syslog",
    "setpriority",
    "sched_setaffinity",
    "sched_setscheduler",
    "landlock_create_ruleset",
    "remap_file_pages",
    "process_madvise",
    "ustat",
    "sysfs",
    "uselib",
    "set_robust_list",
};

TEST(SyscallPolicyTest, NoRowNamesAWayOut) {
  std::set<std::string> named;
  for (const SyscallRule& rule : syscallPolicy({}, kSelf))
    named.insert(rule.name);
  for (const char* name : kNever) {
    EXPECT_NE(seccomp_syscall_resolve_name(name), __NR_SCMP_ERROR) << name;
    EXPECT_EQ(named.count(name), 0u) << name;
  }
}

TEST(SyscallPolicyTest, WaysOutKill) {
  Judge judge;
  for (const char* name : kNever) {
    if (seccomp_syscall_resolve_name(name) < 0) continue;  // not on this architecture
    EXPECT_TRUE(judge.kills(name)) << name;
  }
}

TEST(SyscallPolicyTest, EveryRowHasAReason) {
  for (const SyscallRule& rule : syscallPolicy({}, kSelf))
    EXPECT_GT(std::string(rule.reason).size(), 5u) << rule.name;
}

TEST(SyscallPolicyTest, NothingButTheTableIsLetThrough) {
  std::map<int, int> refusals;  // by number
  for (const SyscallRule& rule : syscallPolicy({}, kSelf))
    refusals[seccomp_syscall_resolve_name(rule.name)] = rule.refusal;
  Judge judge;
  for (int number = 0; number < 1024; ++number) {
    uint32_t verdict = judge.judge(number);
    auto row = refusals.find(number);
    if (row == refusals.end()) {
      EXPECT_EQ(verdict, uint32_t{SECCOMP_RET_KILL_PROCESS}) << number;
    } else if (row->second != 0) {
      EXPECT_EQ(verdict, SECCOMP_RET_ERRNO | row->second) << number;
    }
  }
}

TEST(SyscallPolicyTest, CallsOfOtherArchitecturesKill) {
  Judge judge;
  EXPECT_EQ(judge.judge(seccomp_syscall_resolve_name("read"), {}, AUDIT_ARCH_I386),
            uint32_t{SECCOMP_RET_KILL_PROCESS});
  constexpr int kX32 = 0x40000000;
  EXPECT_EQ(judge.judge(kX32 | seccomp_syscall_resolve_name("read")),
            uint32_t{SECCOMP_RET_KILL_PROCESS});
}

TEST(SyscallPolicyTest, TheRpcSocketsCallsTakeNoAddressAndFewFlags) {
  Judge judge;
  EXPECT_TRUE(judge.allows("sendto", {3, 1, 1, MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0}));
  EXPECT_TRUE(judge.kills("sendto", {3, 1, 1, MSG_OOB, 0, 0}));
  EXPECT_TRUE(judge.kills("sendto", {3, 1, 1, MSG_FASTOPEN, 0, 0}));
  EXPECT_TRUE(judge.kills("sendto", {3, 1, 1, 0, 0x7f0000000000, 16}));
  EXPECT_TRUE(judge.kills("sendto", {3, 1, 1, 0, 0x100000000, 16}));
  EXPECT_TRUE(judge.allows("recvfrom", {3, 1, 1, MSG_DONTWAIT, 0, 0}));
  EXPECT_TRUE(judge.kills("recvfrom", {3, 1, 1, 0, 0x7f0000000000, 0x7f0000000010}));
  EXPECT_TRUE(judge.allows("sendmsg", {3, 1, MSG_DONTWAIT | MSG_NOSIGNAL}));
  EXPECT_TRUE(judge.kills("sendmsg", {3, 1, MSG_ZEROCOPY}));
  EXPECT_TRUE(judge.allows("recvmsg", {3, 1, MSG_DONTWAIT}));
  EXPECT_TRUE(judge.kills("recvmsg", {3, 1, MSG_ERRQUEUE}));
  EXPECT_TRUE(judge.kills("shutdown", {3, 3}));
}

TEST(SyscallPolicyTest, DescriptorsMayOnlyBeAskedAbout) {
  Judge judge;
  EXPECT_TRUE(judge.allows("ioctl", {3, FIONREAD}));
  EXPECT_TRUE(judge.kills("ioctl", {0, TIOCSTI}));
  EXPECT_TRUE(judge.kills("ioctl", {3, FIONBIO}));
  EXPECT_TRUE(judge.allows("fcntl", {3, F_GETFL}));
  EXPECT_TRUE(judge.allows("fcntl", {3, F_GETFD}));
  for (uint64_t command : {F_DUPFD, F_SETFD, F_SETFL, F_SETOWN, F_DUPFD_CLOEXEC})
    EXPECT_TRUE(judge.kills("fcntl", {3, command})) << command;
}

TEST(SyscallPolicyTest, MemoryIsAnonymousAndPrivate) {
  Judge judge;
  constexpr uint64_t kOwn = MAP_PRIVATE | MAP_ANONYMOUS;
  constexpr uint64_t kRw = PROT_READ | PROT_WRITE;
  EXPECT_TRUE(judge.allows("mmap", {0, 4096, kRw, kOwn, kMinusOne32, 0}));
  EXPECT_TRUE(judge.allows("mmap", {0, 4096, kRw, kOwn, ~0ULL, 0})) << "-1 with its sign";
  EXPECT_TRUE(judge.allows("mmap", {0, 4096, PROT_NONE, kOwn | MAP_NORESERVE, kMinusOne32, 0}));
  EXPECT_TRUE(judge.allows("mmap", {4096, 4096, PROT_NONE, kOwn | MAP_FIXED, kMinusOne32, 0}));
  EXPECT_TRUE(judge.kills("mmap", {0, 4096, kRw | PROT_EXEC, kOwn, kMinusOne32, 0}));
  EXPECT_TRUE(judge.kills("mmap", {0, 4096, PROT_READ, MAP_PRIVATE, 3, 0}));
  EXPECT_TRUE(judge.kills("mmap", {0, 4096, PROT_READ, kOwn, 3, 0}));
  EXPECT_TRUE(judge.kills("mmap", {0, 4096, kRw, MAP_SHARED | MAP_ANONYMOUS, kMinusOne32, 0}));
  for (uint64_t flag : {MAP_GROWSDOWN, MAP_HUGETLB, MAP_LOCKED, MAP_SYNC})
    EXPECT_TRUE(judge.kills("mmap", {0, 4096, kRw, kOwn | flag, kMinusOne32, 0})) << flag;
  EXPECT_TRUE(judge.kills("mmap", {0, 4096, kRw | 1ULL << 40, kOwn, kMinusOne32, 0}));
  EXPECT_TRUE(judge.allows("mremap", {0, 1, 2, MREMAP_MAYMOVE}));
  EXPECT_TRUE(judge.kills("mremap", {0, 1, 2, MREMAP_MAYMOVE | MREMAP_FIXED}));
  EXPECT_TRUE(judge.allows("madvise", {0, 1, MADV_DONTNEED}));
  for (uint64_t advice : {MADV_HWPOISON, MADV_MERGEABLE, MADV_REMOVE, MADV_DOFORK})
    EXPECT_TRUE(judge.kills("madvise", {0, 1, advice})) << advice;
}

TEST(SyscallPolicyTest, PagesBecomeCodeOnlyForTheCodeGenerator) {
  Judge jit;
  SandboxSpec spec;
  spec.code = SandboxSpec::Code::kJitless;
  Judge jitless(spec);
  constexpr uint64_t kRwx = PROT_READ | PROT_WRITE | PROT_EXEC;
  EXPECT_TRUE(jit.allows("mprotect", {0, 4096, kRwx}));
  EXPECT_TRUE(jit.kills("mprotect", {0, 4096, kRwx | PROT_GROWSDOWN}));
  EXPECT_TRUE(jit.allows("pkey_mprotect", {0, 4096, kRwx, 1}));
  EXPECT_TRUE(jitless.allows("mprotect", {0, 4096, PROT_READ | PROT_WRITE}));
  for (uint64_t code : {uint64_t{PROT_EXEC}, uint64_t{PROT_READ | PROT_EXEC}, kRwx})
    EXPECT_TRUE(jitless.kills("mprotect", {0, 4096, code})) << code;
  EXPECT_TRUE(jitless.kills("pkey_mprotect", {0, 4096, PROT_READ, 1}));
}

TEST(SyscallPolicyTest, ThreadsWaitAndWakeAndNothingElse) {
  Judge judge;
  for (uint64_t op : {FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET}) {
    EXPECT_TRUE(judge.allows("futex", {4096, op})) << op;
    EXPECT_TRUE(judge.allows("futex", {4096, op | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME}));
  }
  for (uint64_t op : {FUTEX_FD, FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP, FUTEX_LOCK_PI,
                      FUTEX_UNLOCK_PI, FUTEX_WAIT_REQUEUE_PI, FUTEX_CMP_REQUEUE_PI, 13}) {
    EXPECT_TRUE(judge.kills("futex", {4096, op})) << op;
    EXPECT_TRUE(judge.kills("futex", {4096, op | FUTEX_PRIVATE_FLAG})) << op;
  }
}

TEST(SyscallPolicyTest, SignalsGoToItselfOnly) {
  Judge judge;
  EXPECT_TRUE(judge.allows("tgkill", {kSelf, kSelf + 1, SIGABRT}));
  EXPECT_TRUE(judge.kills("tgkill", {kSelf + 1, kSelf + 1, SIGABRT}));
  EXPECT_TRUE(judge.kills("tgkill", {kMinusOne32, kSelf, SIGABRT}));
}

TEST(SyscallPolicyTest, OfPrctlOnlyTheNamingOfMemoryIsLeft) {
  Judge judge;
  EXPECT_TRUE(judge.allows("prctl", {0x53564d41, 0, 4096, 4096, 0}));
  for (uint64_t option = 0; option < 100; ++option)
    EXPECT_TRUE(judge.kills("prctl", {option, 1})) << option;
}

TEST(SyscallPolicyTest, ProbesAreRefusedUnlessTheyShallBeFound) {
  SandboxSpec spec;
  spec.probes = SandboxSpec::Probes::kFatal;
  Judge refusing;
  Judge fatal(spec);
  int number = seccomp_syscall_resolve_name("openat");
  EXPECT_EQ(refusing.judge(number), uint32_t{SECCOMP_RET_ERRNO} | ENOENT);
  EXPECT_EQ(fatal.judge(number), uint32_t{SECCOMP_RET_KILL_PROCESS});
  EXPECT_TRUE(fatal.allows("read"));
}

TEST(SyscallPolicyTest, ANameThatIsNoCallIsFatal) {
  const SyscallRule wrong[] = {{"raed", 0, {}, "a slip of the pen"}};
  EXPECT_EXIT(compileFilter(wrong), testing::ExitedWithCode(kSandboxFailedExit),
              "seccomp rule raed");
}

TEST(SyscallPolicyTest, ACallOfAnotherArchitectureIsSkipped) {
  const SyscallRule foreign[] = {{"s390_runtime_instr", 0, {}, "not here"}};
  EXPECT_FALSE(compileFilter(foreign).empty());
}

}  // namespace
}  // namespace nano
