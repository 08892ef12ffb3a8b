#include "sandbox/spawn.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <kj/debug.h>

namespace nano {
namespace {

// struct clone_args of Linux 5.7; <linux/sched.h> does not go together with <sched.h>.
struct CloneArgs {
  uint64_t flags, pidfd, childTid, parentTid, exitSignal, stack, stackSize, tls, setTid, setTidSize;
  uint64_t cgroup;
};

// What the child tells its parent through the status pipe: kReady once, then either nothing (the
// pipe closes at exec) or the step that failed.
enum class Step : int32_t {
  kReady,
  kCgroup,
  kSignals,
  kSession,
  kGroups,
  kGroup,
  kUser,
  kCapabilities,
  kParentDeath,
  kDescriptors,
  kExec,
};

constexpr const char* kStepNames[] = {
    "ready",
    "enter the cgroup",
    "reset signal mask",
    "setsid",
    "drop supplementary groups",
    "setresgid",
    "setresuid",
    "keep the capabilities for enterSandbox",
    "parent death",
    "arrange descriptors",
    "execveat",
};

// Exit code of a child that did not get to its exec; nobody but spawn() sees it.
constexpr int kChildGaveUp = 127;

struct Report {
  Step step;
  int32_t error;
};

// Everything the child needs, made before it exists: between clone and exec it may only make system
// calls, since another thread may have held malloc's lock. It is a copy of us, so pointers hold.
struct ChildPlan {
  bool userNamespace;
  bool privileged;  // we are root: the child must become somebody else
  uid_t uid;        // whom the child becomes, in its own user namespace's numbers
  gid_t gid;
  int programFd;
  int status;              // write end
  int go;                  // read end
  int parent;              // our parent's pidfd
  std::vector<int> procs;  // of cgroups of version 1
  int log;                 // where to complain when our parent does not wait; -1: it does
  std::vector<int> descriptors;
  std::vector<int> kept;  // All of the above, ascending.
  std::vector<char*> argv;
  std::vector<char*> envp;
};

struct Pipe {
  kj::AutoCloseFd reader;
  kj::AutoCloseFd writer;
};

Pipe makePipe() {
  int ends[2];
  KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
  return {kj::AutoCloseFd(ends[0]), kj::AutoCloseFd(ends[1])};
}

std::vector<char*> pointersTo(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& string : strings)
    pointers.push_back(const_cast<char*>(string.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// ---------------------------------------------------------------------------------------------
// The child. System calls only, and by number where glibc's function does more than the call
// (setresuid and its kin tell all threads).

void complain(int log, Step step, int error) {
  const char* name = kStepNames[static_cast<int32_t>(step)];
  const char* why = strerrordesc_np(error);  // static text, unlike strerror's
  if (why == nullptr) why = "unknown error";
  iovec parts[] = {{const_cast<char*>("sandbox: "), 9},
                   {const_cast<char*>(name), strlen(name)},
                   {const_cast<char*>(": "), 2},
                   {const_cast<char*>(why), strlen(why)},
                   {const_cast<char*>("\n"), 1}};
  [[maybe_unused]] ssize_t written = writev(log, parts, 5);
}

[[noreturn]] void giveUp(const ChildPlan& plan, Step step) {
  if (plan.log >= 0) {
    complain(plan.log, step, errno);
    _exit(kSandboxFailedExit);
  }
  Report report = {step, errno};
  [[maybe_unused]] ssize_t written = write(plan.status, &report, sizeof report);
  _exit(kChildGaveUp);
}

void mustWork(const ChildPlan& plan, Step step, long result) {
  if (result < 0) giveUp(plan, step);
}

// Asks to be killed with our parent, unless it has died before: then nothing would come.
void dieWithOurParent(const ChildPlan& plan) {
  mustWork(plan, Step::kParentDeath, prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
  pollfd parent = {plan.parent, POLLIN, 0};
  mustWork(plan, Step::kParentDeath, poll(&parent, 1, 0));
  if (parent.revents != 0) _exit(kChildGaveUp);
}

// Lets go of every descriptor of our parent's that we have no use for. While we held one, what our
// parent has open would outlive it: its connections, and the write end of the pipe that we are
// about to wait on, so that its death would not end the wait.
void closeOthers(const ChildPlan& plan) {
  unsigned from = 0;
  for (int kept : plan.kept) {
    auto number = static_cast<unsigned>(kept);
    if (number > from) {
      mustWork(plan, Step::kDescriptors, syscall(SYS_close_range, from, number - 1, 0));
    }
    from = number + 1;
  }
  mustWork(plan, Step::kDescriptors, syscall(SYS_close_range, from, ~0U, 0));
}

void waitForGo(const ChildPlan& plan) {
  // Our parent may be one whose /proc files belong to root (PR_SET_DUMPABLE 0), and we are its
  // copy: then it could not write our uid_map.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  Report ready = {Step::kReady, 0};
  mustWork(plan, Step::kReady, write(plan.status, &ready, sizeof ready));
  char byte;
  if (read(plan.go, &byte, 1) != 1) _exit(kChildGaveUp);
}

// Version 2 needs nothing: we are born in it. "0" is who writes.
void enterCgroups(const ChildPlan& plan) {
  for (int procs : plan.procs)
    mustWork(plan, Step::kCgroup, write(procs, "0", 1));
}

// Without a user namespace only ambient capabilities survive the change of user and the exec. These
// two are what enterSandbox() needs: mounts and namespaces; bounding set and securebits.
void keepCapabilities(const ChildPlan& plan) {
  constexpr uint32_t kKept = 1U << CAP_SYS_ADMIN | 1U << CAP_SETPCAP;
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  sets[0] = {kKept, kKept, kKept};
  mustWork(plan, Step::kCapabilities, syscall(SYS_capset, &header, sets));
  for (unsigned long capability : {CAP_SYS_ADMIN, CAP_SETPCAP}) {
    mustWork(plan, Step::kCapabilities,
             prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0));
  }
}

void becomeNobody(const ChildPlan& plan) {
  if (plan.privileged) {
    mustWork(plan, Step::kGroups, syscall(SYS_setgroups, 0, nullptr));
    if (!plan.userNamespace) {
      mustWork(plan, Step::kCapabilities, prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS, 0, 0, 0));
    }
  }
  if (plan.privileged || plan.userNamespace) {
    mustWork(plan, Step::kGroup, syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid));
    mustWork(plan, Step::kUser, syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid));
  }
  if (plan.privileged && !plan.userNamespace) keepCapabilities(plan);
}

// Leaves descriptors 0..n-1 as asked for, and above them, until the exec, the program (n) and the
// status pipe (n+1). In two moves, because a source may have the number of another one's target.
void arrangeDescriptors(ChildPlan& plan) {
  int count = static_cast<int>(plan.descriptors.size());
  for (int& descriptor : plan.descriptors) {
    descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, count + 2);
    mustWork(plan, Step::kDescriptors, descriptor);
  }
  if (plan.log >= 0) plan.log = plan.descriptors[STDERR_FILENO];
  int program = fcntl(plan.programFd, F_DUPFD_CLOEXEC, count + 2);
  mustWork(plan, Step::kDescriptors, program);
  int status = fcntl(plan.status, F_DUPFD_CLOEXEC, count + 2);
  mustWork(plan, Step::kDescriptors, status);
  plan.status = status;

  for (int target = 0; target < count; ++target)
    mustWork(plan, Step::kDescriptors, dup2(plan.descriptors[target], target));
  if (plan.log >= 0) plan.log = STDERR_FILENO;
  plan.programFd = dup3(program, count, O_CLOEXEC);
  mustWork(plan, Step::kDescriptors, plan.programFd);
  status = dup3(status, count + 1, O_CLOEXEC);
  mustWork(plan, Step::kDescriptors, status);
  plan.status = status;
  mustWork(plan, Step::kDescriptors, syscall(SYS_close_range, count + 2, ~0U, 0));
}

[[noreturn]] void runChild(ChildPlan& plan) {
  closeOthers(plan);
  dieWithOurParent(plan);
  waitForGo(plan);
  if (!plan.procs.empty()) plan.log = plan.descriptors[STDERR_FILENO];
  enterCgroups(plan);
  uint64_t noSignals = 0;
  mustWork(plan, Step::kSignals,
           syscall(SYS_rt_sigprocmask, SIG_SETMASK, &noSignals, nullptr, sizeof noSignals));
  mustWork(plan, Step::kSession, setsid());
  becomeNobody(plan);
  dieWithOurParent(plan);  // again: a change of user takes it back
  arrangeDescriptors(plan);
  syscall(SYS_execveat, plan.programFd, "", plan.argv.data(), plan.envp.data(), AT_EMPTY_PATH);
  giveUp(plan, Step::kExec);
}

// ---------------------------------------------------------------------------------------------
// The parent.

uint64_t cloneFlags(const SpawnSpec& spec) {
  // Caught signals are reset in the child at once: a handler of ours must not run in it.
  uint64_t flags = CLONE_PIDFD | 0x100000000ULL;  // CLONE_CLEAR_SIGHAND
  if (!isWeakened(spec.weakened, Layer::kUserNamespace)) flags |= CLONE_NEWUSER;
  if (!isWeakened(spec.weakened, Layer::kPidNamespace)) flags |= CLONE_NEWPID;
  if (spec.cgroup.directory >= 0) flags |= 0x200000000ULL;  // CLONE_INTO_CGROUP
  return flags;
}

void writeProc(pid_t pid, const char* name, const std::string& text) {
  std::string path = "/proc/" + std::to_string(pid) + "/" + name;
  int fd;
  KJ_SYSCALL(fd = open(path.c_str(), O_WRONLY | O_CLOEXEC), path);
  kj::AutoCloseFd file(fd);
  KJ_SYSCALL(write(file, text.data(), text.size()), path, text);
}

void mapUser(pid_t pid, const SpawnSpec& spec, const ChildPlan& plan) {
  // Without the right to set groups the kernel wants this first, so that nobody sheds a group that
  // denies access. As root the child needs setgroups to shed ours.
  if (!plan.privileged) writeProc(pid, "setgroups", "deny");
  uid_t uid = plan.privileged ? spec.unprivilegedUid : geteuid();
  gid_t gid = plan.privileged ? spec.unprivilegedGid : getegid();
  writeProc(pid, "uid_map", "0 " + std::to_string(uid) + " 1");
  writeProc(pid, "gid_map", "0 " + std::to_string(gid) + " 1");
}

// The next report of the child; nothing when it has exec'd, or is dead.
bool readReport(int status, Report& report) {
  ssize_t size;
  KJ_SYSCALL(size = read(status, &report, sizeof report));
  if (size == 0) return false;
  KJ_ASSERT(size == sizeof report, "a part of a report", size);
  return true;
}

void requireNoFailure(const Report& report) {
  if (report.step == Step::kReady) return;
  const char* step = kStepNames[static_cast<int32_t>(report.step)];
  KJ_FAIL_REQUIRE("cannot start a sandboxed process", step, strerror(report.error));
}

ChildPlan makePlan(const SpawnSpec& spec) {
  KJ_REQUIRE(spec.unprivilegedUid != 0 && spec.unprivilegedGid != 0, "that is not unprivileged");
  KJ_REQUIRE(!spec.arguments.empty(), "a program needs its name");
  ChildPlan plan = {};
  plan.userNamespace = !isWeakened(spec.weakened, Layer::kUserNamespace);
  plan.privileged = geteuid() == 0;
  plan.uid = plan.userNamespace ? 0 : spec.unprivilegedUid;
  plan.gid = plan.userNamespace ? 0 : spec.unprivilegedGid;
  plan.programFd = spec.programFd;
  plan.descriptors = spec.descriptors;
  plan.procs = spec.cgroup.procs;
  KJ_REQUIRE(plan.procs.empty() || plan.descriptors.size() > STDERR_FILENO,
             "a child that is not waited for needs a log");
  plan.log = -1;
  plan.argv = pointersTo(spec.arguments);
  plan.envp = pointersTo(spec.environment);
  return plan;
}

}  // namespace

Child spawn(const SpawnSpec& spec) {
  ChildPlan plan = makePlan(spec);
  Pipe status = makePipe();
  Pipe go = makePipe();
  plan.status = status.writer;
  plan.go = go.reader;
  int self;
  KJ_SYSCALL(self = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)));
  kj::AutoCloseFd parent(self);
  plan.parent = parent;
  plan.kept = plan.descriptors;
  plan.kept.insert(plan.kept.end(), {plan.programFd, plan.status, plan.go, plan.parent});
  plan.kept.insert(plan.kept.end(), plan.procs.begin(), plan.procs.end());
  std::sort(plan.kept.begin(), plan.kept.end());
  plan.kept.erase(std::unique(plan.kept.begin(), plan.kept.end()), plan.kept.end());

  int pidfd = -1;
  CloneArgs args = {};
  args.flags = cloneFlags(spec);
  args.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  args.exitSignal = SIGCHLD;
  if (spec.cgroup.directory >= 0) args.cgroup = static_cast<uint64_t>(spec.cgroup.directory);
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid == 0) runChild(plan);
  if (pid < 0) KJ_FAIL_SYSCALL("clone3 with namespaces", errno);
  // From here on the child is killed and reaped when anything below fails.
  Child child(static_cast<pid_t>(pid), kj::AutoCloseFd(pidfd));
  status.writer = nullptr;  // but keep go.reader: with it, no SIGPIPE if the child is dead

  Report report = {};
  KJ_REQUIRE(readReport(status.reader, report), "the child died at once");
  requireNoFailure(report);
  if (plan.userNamespace) mapUser(child.pid(), spec, plan);
  KJ_SYSCALL(write(go.writer, "", 1));
  if (plan.procs.empty() && readReport(status.reader, report)) requireNoFailure(report);
  return child;
}

}  // namespace nano
