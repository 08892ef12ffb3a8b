#include "sandbox/hostile_acts.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace nano {
namespace {

// Numbers that Debian 12's headers do not all have; the same on every architecture since Linux 5.1.
constexpr long kFchmodat2 = 452;
constexpr long kMapShadowStack = 453;
constexpr long kListmount = 458;
constexpr long kMseal = 462;
constexpr long kUnknownCall = 600;

constexpr long kPageSize = 4096;
constexpr long kRw = PROT_READ | PROT_WRITE;
constexpr long kOwn = MAP_PRIVATE | MAP_ANONYMOUS;
constexpr long kThreadFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

int pair[2];
char buffer[64];
msghdr emptyMessage;
const char kPasswd[] = "/etc/passwd";

template <typename... Args>
long call(long number, Args... args) {
  return syscall(number, args...);
}

// A row whose act is one system call.
#define DIES(name, ...)                           \
  {                                               \
    name, kDies, [] { return call(__VA_ARGS__); } \
  }
#define GETS(name, error, ...)                    \
  {                                               \
    name, error, [] { return call(__VA_ARGS__); } \
  }
// What V8's code generator does.
#define ONLY_JITLESS(name, ...)                                                \
  {                                                                            \
    name, kDies, [] { return call(__VA_ARGS__); }, SandboxSpec::Code::kJitless \
  }

// clang-format off: one act a line
const HostileAct kActs[] = {
    // Files
    GETS("open_passwd", ENOENT, SYS_openat, AT_FDCWD, kPasswd, O_RDONLY),
    GETS("open_to_create", ENOENT, SYS_openat, AT_FDCWD, "/x", O_CREAT | O_RDWR, 0600),
    GETS("open_own_memory", ENOENT, SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR),
    GETS("stat_at", ENOENT, SYS_newfstatat, AT_FDCWD, "/", buffer, 0),
    DIES("openat2", SYS_openat2, AT_FDCWD, kPasswd, buffer, 24),
    DIES("open_by_handle_at", SYS_open_by_handle_at, AT_FDCWD, buffer, 0),
    DIES("name_to_handle_at", SYS_name_to_handle_at, AT_FDCWD, "/", buffer, buffer, 0),
    DIES("getdents64", SYS_getdents64, 4, buffer, sizeof buffer),
    DIES("mkdirat", SYS_mkdirat, AT_FDCWD, "/x", 0700),
    DIES("mknodat", SYS_mknodat, AT_FDCWD, "/x", 0600, 0),
    DIES("linkat", SYS_linkat, 4, "", AT_FDCWD, "/x", AT_EMPTY_PATH),
    DIES("unlinkat", SYS_unlinkat, AT_FDCWD, "/x", 0),
    DIES("fchmod", SYS_fchmod, 4, 0777),
    DIES("fchmodat2", kFchmodat2, AT_FDCWD, "/", 0777, 0),
    DIES("ftruncate", SYS_ftruncate, 4, 0),
    DIES("fallocate", SYS_fallocate, 4, 0, 0, 1),
    DIES("statx", SYS_statx, AT_FDCWD, "/", 0, 0, buffer),
    DIES("chdir", SYS_chdir, "/"),
    DIES("fchdir", SYS_fchdir, 4),
    DIES("inotify_init1", SYS_inotify_init1, 0),
    DIES("fanotify_init", SYS_fanotify_init, 0, 0),

    // Network and other processes' sockets
    DIES("socket_inet", SYS_socket, AF_INET, SOCK_STREAM, 0),
    DIES("socket_unix", SYS_socket, AF_UNIX, SOCK_STREAM, 0),
    DIES("socket_netlink", SYS_socket, AF_NETLINK, SOCK_RAW, 0),
    DIES("socket_vsock", SYS_socket, AF_VSOCK, SOCK_STREAM, 0),
    DIES("socketpair", SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair),
    DIES("connect", SYS_connect, 3, buffer, 16),
    DIES("bind", SYS_bind, 3, buffer, 16),
    DIES("listen", SYS_listen, 3, 1),
    DIES("accept4", SYS_accept4, 3, 0, 0, 0),
    DIES("setsockopt", SYS_setsockopt, 3, SOL_SOCKET, SO_ATTACH_FILTER, buffer, 16),
    DIES("getsockopt", SYS_getsockopt, 3, SOL_SOCKET, 77 /* SO_PEERPIDFD */, buffer, buffer),
    DIES("sendto_an_address", SYS_sendto, 3, buffer, 1, 0, buffer, 16),
    DIES("sendto_oob", SYS_sendto, 3, buffer, 1, MSG_OOB, 0, 0),
    DIES("recvfrom_an_address", SYS_recvfrom, 3, buffer, 1, MSG_DONTWAIT, buffer, buffer),
    DIES("sendmsg_zerocopy", SYS_sendmsg, 3, &emptyMessage, MSG_ZEROCOPY),
    DIES("recvmsg_errqueue", SYS_recvmsg, 3, &emptyMessage, MSG_ERRQUEUE),
    DIES("sendmmsg", SYS_sendmmsg, 3, buffer, 0, 0),
    DIES("recvmmsg", SYS_recvmmsg, 3, buffer, 0, 0, 0),

    // Other programs, processes and namespaces
    DIES("execve", SYS_execve, "/bin/sh", 0, 0),
    DIES("execveat", SYS_execveat, 4, "", 0, 0, AT_EMPTY_PATH),
    DIES("fork", SYS_clone, SIGCHLD, 0, 0, 0, 0),
    DIES("thread", SYS_clone, kThreadFlags, 0, 0, 0, 0),
    DIES("clone_new_user", SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0),
    DIES("clone3", SYS_clone3, 0, 0),
    DIES("unshare_user", SYS_unshare, CLONE_NEWUSER),
    DIES("setns", SYS_setns, 0, 0),
    DIES("ptrace", SYS_ptrace, 0, 0, 0, 0),
    DIES("kill_all", SYS_kill, -1, 0),
    DIES("kill_init", SYS_kill, 1, 0),
    DIES("tkill", SYS_tkill, 1, 0),
    DIES("tgkill_other", SYS_tgkill, 12345, 12345, SIGKILL),
    DIES("rt_sigqueueinfo", SYS_rt_sigqueueinfo, 1, SIGKILL, buffer),
    DIES("process_vm_readv", SYS_process_vm_readv, 1, 0, 0, 0, 0, 0),
    DIES("process_vm_writev", SYS_process_vm_writev, 1, 0, 0, 0, 0, 0),
    DIES("process_madvise", SYS_process_madvise, 3, buffer, 0, 0, 0),
    DIES("pidfd_open", SYS_pidfd_open, 1, 0),
    DIES("pidfd_getfd", SYS_pidfd_getfd, 0, 0, 0),
    DIES("pidfd_send_signal", SYS_pidfd_send_signal, 0, SIGKILL, 0, 0),
    DIES("kcmp", SYS_kcmp, 1, 1, 0, 0, 0),
    DIES("set_robust_list", SYS_set_robust_list, buffer, 24),

    // Memory
    DIES("mmap_code", SYS_mmap, 0, kPageSize, PROT_READ | PROT_EXEC, kOwn, -1, 0),
    ONLY_JITLESS("mprotect_code", SYS_mprotect, 0, kPageSize, PROT_READ | PROT_EXEC),
    ONLY_JITLESS("pkey_mprotect_code", SYS_pkey_mprotect, 0, kPageSize, PROT_READ | PROT_EXEC, -1),
    DIES("mmap_fd", SYS_mmap, 0, kPageSize, PROT_READ, MAP_PRIVATE, 4, 0),
    DIES("mmap_shared", SYS_mmap, 0, kPageSize, kRw, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
    DIES("mmap_huge", SYS_mmap, 0, kPageSize, kRw, kOwn | MAP_HUGETLB, -1, 0),
    DIES("mmap_grows_down", SYS_mmap, 0, kPageSize, kRw, kOwn | MAP_GROWSDOWN, -1, 0),
    DIES("mprotect_grows_down", SYS_mprotect, 0, kPageSize, PROT_READ | PROT_GROWSDOWN),
    DIES("mremap_fixed", SYS_mremap, 0, 1, 1, MREMAP_MAYMOVE | MREMAP_FIXED, 0),
    DIES("madvise_hwpoison", SYS_madvise, 0, kPageSize, 100),
    DIES("madvise_mergeable", SYS_madvise, 0, kPageSize, MADV_MERGEABLE),
    DIES("remap_file_pages", SYS_remap_file_pages, 0, 0, 0, 0, 0),
    DIES("mlock", SYS_mlock, 0, kPageSize),
    DIES("mbind", SYS_mbind, 0, kPageSize, 0, 0, 0, 0),
    DIES("move_pages", SYS_move_pages, 0, 0, 0, 0, 0, 0),
    DIES("mseal", kMseal, 0, kPageSize, 0),
    DIES("map_shadow_stack", kMapShadowStack, 0, kPageSize, 0),
    DIES("memfd_create", SYS_memfd_create, "x", 0),
    DIES("memfd_secret", 447L, 0),
    DIES("userfaultfd", SYS_userfaultfd, 0),
    DIES("shmget", SYS_shmget, 1, kPageSize, 0),

    // The kernel's larger doors
    DIES("mount", SYS_mount, 0, "/", 0, 0, 0),
    DIES("umount", SYS_umount2, "/", 0),
    DIES("fsopen", SYS_fsopen, "tmpfs", 0),
    DIES("open_tree", SYS_open_tree, 0, 0, 0),
    DIES("listmount", kListmount, buffer, buffer, 1, 0),
    DIES("pivot_root", SYS_pivot_root, ".", "."),
    DIES("chroot", SYS_chroot, "/"),
    DIES("io_uring_setup", SYS_io_uring_setup, 1, 0),
    DIES("io_setup", SYS_io_setup, 1, buffer),
    DIES("bpf", SYS_bpf, 0, 0, 0),
    DIES("perf_event_open", SYS_perf_event_open, 0, 0, 0, 0, 0),
    DIES("keyctl", SYS_keyctl, 0, 0, 0, 0, 0),
    DIES("add_key", SYS_add_key, "user", "x", "y", 1, -1),
    DIES("finit_module", SYS_finit_module, 4, "", 0),
    DIES("kexec_load", SYS_kexec_load, 0, 0, 0, 0),
    DIES("reboot", SYS_reboot, 0, 0, 0, 0),
    DIES("syslog", SYS_syslog, 3, buffer, 64),
    DIES("quotactl", SYS_quotactl, 0, 0, 0, 0),
    DIES("msgget", SYS_msgget, 1, 0),
    DIES("mq_open", SYS_mq_open, "x", 0, 0, 0),

    // Descriptors
    DIES("ioctl_tiocsti", SYS_ioctl, 0, TIOCSTI, buffer),
    DIES("ioctl_tioclinux", SYS_ioctl, 0, 0x541c /* TIOCLINUX */, buffer),
    DIES("fcntl_setown", SYS_fcntl, 0, 8 /* F_SETOWN */, 1),
    DIES("fcntl_dupfd", SYS_fcntl, 0, F_DUPFD, 10),
    DIES("dup", SYS_dup, 0),
    DIES("dup3", SYS_dup3, 0, 10, 0),
    DIES("pipe2", SYS_pipe2, pair, 0),
    DIES("splice", SYS_splice, 0, 0, 0, 0, 0, 0),
    DIES("tee", SYS_tee, 0, 1, 1, 0),
    DIES("vmsplice", SYS_vmsplice, 1, 0, 0, 0),
    DIES("sendfile", SYS_sendfile, 1, 0, 0, 10),
    DIES("copy_file_range", SYS_copy_file_range, 4, 0, 1, 0, 1, 0),
    DIES("epoll_create1", SYS_epoll_create1, 0),
    DIES("eventfd2", SYS_eventfd2, 0, 0),
    DIES("timerfd_create", SYS_timerfd_create, 0, 0),
    DIES("signalfd4", SYS_signalfd4, -1, buffer, 8, 0),

    // What it is itself
    DIES("prctl_dumpable", SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0),
    DIES("prctl_seccomp", SYS_prctl, PR_SET_SECCOMP, 1, 0, 0, 0),
    DIES("prctl_no_death_signal", SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0),
    DIES("seccomp", SYS_seccomp, 0, 0, 0),
    DIES("landlock", SYS_landlock_create_ruleset, 0, 0, 1),
    DIES("rt_sigaction", SYS_rt_sigaction, SIGSEGV, 0, 0, 8),
    DIES("setuid", SYS_setuid, 0),
    DIES("setresgid", SYS_setresgid, 0, 0, 0),
    DIES("capset", SYS_capset, 0, 0),
    DIES("personality", SYS_personality, 0x40000),
    DIES("setrlimit", SYS_setrlimit, 7, buffer),
    GETS("prlimit64", EPERM, SYS_prlimit64, 0, 7, 0, buffer),
    GETS("uname", EPERM, SYS_uname, buffer),
    GETS("getuid", EPERM, SYS_getuid),
    DIES("timer_create", SYS_timer_create, 0, 0, 0),
    DIES("setitimer", SYS_setitimer, 0, buffer, 0),
    DIES("setpriority", SYS_setpriority, 0, 0, -1),
    DIES("sched_setaffinity", SYS_sched_setaffinity, 0, 8, buffer),
    DIES("sched_setscheduler", SYS_sched_setscheduler, 0, 1, buffer),
    DIES("clock_settime", SYS_clock_settime, 0, buffer),
    DIES("nanosleep_on_cpu_time", SYS_clock_nanosleep, 2, 0, buffer, 0),
    DIES("futex_pi", SYS_futex, buffer, FUTEX_LOCK_PI, 0, 0, 0, 0),
    DIES("futex_requeue_pi", SYS_futex, buffer, FUTEX_CMP_REQUEUE_PI, 0, 0, 0, 0),
    DIES("futex_waitv", 449L, 0, 0, 0, 0, 0),

    // Numbers that are not on the list at all
    DIES("unknown_call", kUnknownCall, 0),
#ifdef __x86_64__
    DIES("vfork", SYS_vfork),
    DIES("creat", SYS_creat, "/x", 0600),
    DIES("arch_prctl", SYS_arch_prctl, 0x1003, 0),
    DIES("modify_ldt", SYS_modify_ldt, 0, 0, 0),
    DIES("iopl", SYS_iopl, 3),
    DIES("x32_getpid", 0x40000000L | SYS_getpid),
    {"int80", kDies,
     [] {
       long result;
       asm volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");  // getpid of i386
       return result;
     }},
#endif
};
// clang-format on

#undef DIES
#undef GETS
#undef ONLY_JITLESS

}  // namespace

std::span<const HostileAct> hostileActs() { return kActs; }

bool isForbidden(const HostileAct& act, SandboxSpec::Code code) {
  return act.loosest == SandboxSpec::Code::kJit || code == SandboxSpec::Code::kJitless;
}

}  // namespace nano
