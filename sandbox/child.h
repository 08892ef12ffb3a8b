#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include <kj/io.h>

// A worker process seen from the supervisor: the descriptor that names it, and how it ended.
namespace nano {

// How a process ended, as the kernel told it.
struct ProcessEnd {
  enum class Kind { kExited, kSignaled };
  Kind kind;
  int number;  // The exit code, or the signal.
};

// What an end means. A worker never ends by itself, so only kKilled (by us, or by the kernel for
// memory) and the exits below are expected; the alarms are reasons to wake somebody.
enum class EndClass {
  kExited,        // exit code 0
  kFailed,        // another exit code; kSandboxFailed (70) means a step of the sandbox failed
  kSandboxAlarm,  // SIGSYS: a forbidden system call. An attack, or a gap in syscall_policy.cc.
  kEngineFatal,   // SIGTRAP, SIGILL, SIGABRT: V8 or our code gave up; a tenant can cause it.
  kMemoryBug,     // SIGSEGV, SIGBUS: somebody wrote where they should not. An alarm as well.
  kKilled,        // SIGKILL
  kOtherSignal,
};

EndClass classifyEnd(const ProcessEnd& end);
std::string_view endClassName(EndClass endClass);  // "sandbox_alarm", for metrics and logs
std::string describeEnd(const ProcessEnd& end);    // "signal 31 (SIGSYS)", "exit code 70"

// Owns one child process. Move-only; ending its life kills the process and reaps it, so neither an
// orphan nor a zombie is left. The pidfd becomes readable when the process ends.
class Child final {
 public:
  Child(pid_t pid, kj::AutoCloseFd pidfd);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_; }  // Borrowed: for an event loop.

  // Sends a signal; nothing happens when the process has ended. A worker is process 1 of its own
  // namespace, so signals without a handler do nothing to it: SIGKILL is the one that works.
  void sendSignal(int signal) const;

  // How the process ended, once it has; never blocks. Leaves it a zombie until it is reaped or this
  // is destroyed, which costs next to nothing a moment later. At once the kernel may keep us
  // spinning: it takes the files in /proc of the process away, waits for its last thread to do the
  // same for its own, and that one may be waiting for our CPU.
  std::optional<ProcessEnd> seeEnd();
  // The same, waiting for it, and reaps it.
  ProcessEnd reap();

 private:
  std::optional<ProcessEnd> reapWith(int options);
  void killAndReap() noexcept;

  pid_t pid_;
  kj::AutoCloseFd pidfd_;
  std::optional<ProcessEnd> end_;
  bool isReaped_ = false;
};

}  // namespace nano
