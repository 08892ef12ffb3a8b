#include "sandbox/syscall_policy.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

namespace nano {
namespace {

constexpr uint64_t kLow32 = 0xffffffff;

// The argument conditions, named as they read in a row.
constexpr ArgRule is(uint8_t index, uint64_t value) {
  return {index, Match::kEquals32, value & kLow32};
}
constexpr ArgRule isNull(uint8_t index) { return {index, Match::kEquals64, 0}; }
constexpr ArgRule isOwnPid(uint8_t index) { return {index, Match::kOwnPid}; }
constexpr ArgRule atMost(uint8_t index, uint64_t value) { return {index, Match::kAtMost, value}; }
// No bit but these. 32: flags that the kernel takes as an int, 64: as a long.
constexpr ArgRule only32(uint8_t index, uint64_t bits) {
  return {index, Match::kMasked32, 0, ~bits & kLow32};
}
constexpr ArgRule only64(uint8_t index, uint64_t bits) {
  return {index, Match::kMasked64, 0, ~bits};
}
// All of `bits`, and of others only `optional`.
constexpr ArgRule exactly64(uint8_t index, uint64_t bits, uint64_t optional) {
  return {index, Match::kMasked64, bits, ~optional};
}
constexpr ArgRule exactly32(uint8_t index, uint64_t bits, uint64_t optional) {
  return {index, Match::kMasked32, bits, ~optional & kLow32};
}

// Linux's number of the call, whatever glibc's header knows of it.
constexpr int kSetVma = 0x53564d41;  // PR_SET_VMA

constexpr uint64_t kReadWrite = PROT_READ | PROT_WRITE;
constexpr uint64_t kOwnMemory = MAP_PRIVATE | MAP_ANONYMOUS;
constexpr uint64_t kPlacement = MAP_NORESERVE | MAP_FIXED | MAP_FIXED_NOREPLACE;
constexpr uint64_t kFutexVariants = FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME;
constexpr int kAllow = 0;

// A call without a condition on its arguments comes out of the kernel's bitmap (Linux 5.11) and
// costs next to nothing; the others run the program, 213 instructions arranged as a tree.
constexpr SyscallRule kWorkerCalls[] = {
    // Descriptors already held: the RPC socket, the log pipe, the event loop's own.
    {"read", kAllow, {}, "the event loop's eventfd; a stream"},
    {"write", kAllow, {}, "the log pipe; waking the event loop; a stream"},
    {"readv", kAllow, {}, "a stream into several buffers (libevent)"},
    {"writev", kAllow, {}, "a stream from several buffers (libevent, KJ)"},
    {"recvfrom",
     kAllow,
     {only32(3, MSG_DONTWAIT | MSG_NOSIGNAL), isNull(4), isNull(5)},
     "glibc's recv() of the RPC socket; no address"},
    {"sendto",
     kAllow,
     {only32(3, MSG_DONTWAIT | MSG_NOSIGNAL), isNull(4)},
     "glibc's send() on the RPC socket; no address, so no other peer"},
    {"recvmsg",
     kAllow,
     {only32(2, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_CMSG_CLOEXEC)},
     "a frame of the RPC link into several buffers"},
    {"sendmsg",
     kAllow,
     {only32(2, MSG_DONTWAIT | MSG_NOSIGNAL)},
     "a turn's messages in one call, without SIGPIPE; the supervisor takes no descriptors"},
    {"shutdown", kAllow, {atMost(1, SHUT_RDWR)}, "KJ's end of stream"},
    {"close", kAllow, {}, "the RPC socket at the end"},
    {"epoll_wait", kAllow, {}, "the event loop sleeps"},
    {"epoll_pwait", kAllow, {}, "the same where epoll_wait does not exist (aarch64)"},
    {"epoll_ctl", kAllow, {}, "the event loop watches for writability when the socket is full"},
    {"ioctl", kAllow, {is(1, FIONREAD)}, "libevent asks how much there is to read"},
    {"fcntl", kAllow, {is(1, F_GETFL)}, "KJ looks whether a descriptor blocks"},
    {"fcntl", kAllow, {is(1, F_GETFD)}, "KJ looks whether a descriptor is close-on-exec"},

    // Memory of its own: anonymous and private, never a file, never shared.
    {"mmap",
     kAllow,
     {only64(2, kReadWrite), exactly64(3, kOwnMemory, kPlacement), is(4, -1)},
     "V8's heap and reservations; malloc"},
    {"mprotect", kAllow, {only64(2, kReadWrite)}, "V8 commits reserved pages"},
    {"munmap", kAllow, {}, "V8's heap shrinks; malloc"},
    {"brk", kAllow, {}, "malloc"},
    {"mremap", kAllow, {only64(3, MREMAP_MAYMOVE)}, "realloc of a large block"},
    {"madvise", kAllow, {is(2, MADV_DONTNEED)}, "V8 and malloc give pages back"},
    {"madvise", kAllow, {is(2, MADV_FREE)}, "the same, lazily"},
    {"madvise", kAllow, {is(2, MADV_DONTFORK)}, "V8 marks its reservations"},
    {"madvise", kAllow, {is(2, MADV_WILLNEED)}, "V8 prepares pages"},
    {"madvise", kAllow, {is(2, MADV_DONTDUMP)}, "V8 keeps its heap out of core dumps"},
    {"madvise", kAllow, {is(2, MADV_HUGEPAGE)}, "V8's huge pages for code"},
    {"madvise", kAllow, {is(2, MADV_NOHUGEPAGE)}, "V8 takes that back"},

    // Threads that exist already: V8's platform threads and the CPU watchdog.
    {"futex", kAllow, {exactly32(1, FUTEX_WAIT, kFutexVariants)}, "mutexes of glibc, KJ and V8"},
    {"futex", kAllow, {exactly32(1, FUTEX_WAKE, kFutexVariants)}, "the other half of FUTEX_WAIT"},
    {"futex", kAllow, {exactly32(1, FUTEX_WAIT_BITSET, kFutexVariants)}, "condition variables"},
    {"futex", kAllow, {exactly32(1, FUTEX_WAKE_BITSET, kFutexVariants)}, "their other half"},
    {"sched_yield", kAllow, {}, "V8's spin locks"},
    {"sched_getaffinity", kAllow, {}, "V8 counts processors"},
    {"sched_getparam", kAllow, {}, "glibc's pthread_getattr_np, for V8's stack limit"},
    {"sched_getscheduler", kAllow, {}, "the same"},
    {"getcpu", kAllow, {}, "glibc and V8 choose a per-processor slot"},
    {"membarrier", kAllow, {}, "V8 publishes code to other threads"},
    {"getpid", kAllow, {}, "V8's random seeds and tgkill"},
    {"gettid", kAllow, {}, "V8 and glibc name a thread"},
    {"tgkill", kAllow, {isOwnPid(0)}, "abort(); signals to threads of this process only"},
    {"rt_sigprocmask", kAllow, {}, "glibc blocks signals around abort() and a thread's end"},
    {"rt_sigreturn", kAllow, {}, "V8's trap handler for wasm returns"},
    {"sigaltstack", kAllow, {}, "a thread of V8 gives its signal stack back"},
    {"restart_syscall", kAllow, {}, "the kernel continues an interrupted sleep"},
    {"exit", kAllow, {}, "a thread ends"},
    {"exit_group", kAllow, {}, "the process ends"},

    // Time and entropy.
    {"clock_gettime", kAllow, {}, "CPU clocks of threads; other clocks where there is no vDSO"},
    {"clock_getres", kAllow, {}, "V8 asks how fine a clock is"},
    {"gettimeofday", kAllow, {}, "V8's clock where there is no vDSO"},
    {"time", kAllow, {}, "the same in ICU"},
    {"nanosleep", kAllow, {}, "V8's back-off; the watchdog"},
    {"clock_nanosleep", kAllow, {atMost(0, CLOCK_MONOTONIC)}, "glibc's nanosleep"},
    {"getrandom", kAllow, {only32(2, GRND_NONBLOCK)}, "crypto.getRandomValues, V8's seeds"},

    {"prctl", kAllow, {is(0, kSetVma)}, "glibc and V8 name their memory areas"},
};

// V8's code generator. On machines without protection keys its code range is writable and
// executable at once, so mprotect must be able to say so: the filter's largest hole, which only
// SandboxSpec::Code::kJitless closes.
constexpr SyscallRule kCodeGeneration[] = {
    {"mprotect", kAllow, {only64(2, kReadWrite | PROT_EXEC)}, "V8's code range"},
    {"pkey_mprotect", kAllow, {only64(2, kReadWrite | PROT_EXEC)}, "the same with protection keys"},
};

// Questions that libraries ask without needing the answer, and that must not kill. The answers are
// those of an empty root, so that the code takes the path for "there is no such file".
constexpr SyscallRule kRefusedProbes[] = {
    {"openat", ENOENT, {}, "glibc: overcommit_memory; V8: tsc_freq_khz; ICU: localtime"},
    {"open", ENOENT, {}, "the same by older code"},
    {"readlink", ENOENT, {}, "ICU follows /etc/localtime"},
    {"readlinkat", ENOENT, {}, "the same where readlink does not exist (aarch64)"},
    {"newfstatat", ENOENT, {}, "glibc's stat and fstat"},
    {"fstat", EBADF, {}, "stdio before its first write"},
    {"stat", ENOENT, {}, "ICU looks for time zone files"},
    {"access", ENOENT, {}, "ICU looks for data files"},
    {"faccessat", ENOENT, {}, "the same where access does not exist (aarch64)"},
    {"lseek", ESPIPE, {}, "stdio asks whether its pipe can seek"},
    {"sysinfo", EPERM, {}, "glibc's qsort and sysconf ask for the memory's size"},
    {"getrusage", EPERM, {}, "V8's statistics"},
    {"prlimit64", EPERM, {}, "glibc's pthread_getattr_np asks for the stack limit"},
    {"getuid", EPERM, {}, "ICU and glibc look for set-uid programs"},
    {"uname", EPERM, {}, "sysconf asks for the kernel's version"},
};

}  // namespace

std::vector<SyscallRule> syscallPolicy(const SandboxSpec& spec, pid_t self) {
  std::vector<SyscallRule> policy(std::begin(kWorkerCalls), std::end(kWorkerCalls));
  if (spec.code == SandboxSpec::Code::kJit) {
    policy.insert(policy.end(), std::begin(kCodeGeneration), std::end(kCodeGeneration));
  }
  if (spec.probes == SandboxSpec::Probes::kRefused) {
    policy.insert(policy.end(), std::begin(kRefusedProbes), std::end(kRefusedProbes));
  }
  for (SyscallRule& rule : policy) {
    for (ArgRule& arg : rule.args) {
      if (arg.match == Match::kOwnPid) arg = is(arg.index, static_cast<uint32_t>(self));
    }
  }
  return policy;
}

}  // namespace nano
