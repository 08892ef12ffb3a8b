#include "sandbox/child.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <kj/debug.h>

#include "sandbox/sandbox.h"

namespace nano {

EndClass classifyEnd(const ProcessEnd& end) {
  if (end.kind == ProcessEnd::Kind::kExited) {
    return end.number == 0 ? EndClass::kExited : EndClass::kFailed;
  }
  switch (end.number) {
    case SIGSYS:
      return EndClass::kSandboxAlarm;
    case SIGTRAP:
    case SIGILL:
    case SIGABRT:
      return EndClass::kEngineFatal;
    case SIGSEGV:
    case SIGBUS:
      return EndClass::kMemoryBug;
    case SIGKILL:
      return EndClass::kKilled;
    default:
      return EndClass::kOtherSignal;
  }
}

std::string_view endClassName(EndClass endClass) {
  switch (endClass) {
    case EndClass::kExited:
      return "exited";
    case EndClass::kFailed:
      return "failed";
    case EndClass::kSandboxAlarm:
      return "sandbox_alarm";
    case EndClass::kEngineFatal:
      return "engine_fatal";
    case EndClass::kMemoryBug:
      return "memory_bug";
    case EndClass::kKilled:
      return "killed";
    case EndClass::kOtherSignal:
      return "other_signal";
  }
  KJ_UNREACHABLE;
}

std::string describeEnd(const ProcessEnd& end) {
  if (end.kind == ProcessEnd::Kind::kExited) {
    std::string text = "exit code " + std::to_string(end.number);
    if (end.number == kSandboxFailedExit) text += " (a step of the sandbox failed)";
    return text;
  }
  std::string text = "signal " + std::to_string(end.number);
  const char* name = sigabbrev_np(end.number);
  if (name != nullptr) text.append(" (SIG").append(name).append(")");
  return text;
}

Child::Child(pid_t pid, kj::AutoCloseFd pidfd) : pid_(pid), pidfd_(kj::mv(pidfd)) {}

Child::Child(Child&& other) noexcept
    : pid_(other.pid_),
      pidfd_(kj::mv(other.pidfd_)),
      end_(std::exchange(other.end_, {})),
      isReaped_(other.isReaped_) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    killAndReap();
    pid_ = other.pid_;
    pidfd_ = kj::mv(other.pidfd_);
    end_ = std::exchange(other.end_, {});
    isReaped_ = other.isReaped_;
  }
  return *this;
}

Child::~Child() { killAndReap(); }

void Child::sendSignal(int signal) const {
  if (end_) return;
  KJ_SYSCALL_HANDLE_ERRORS(
      syscall(SYS_pidfd_send_signal, static_cast<int>(pidfd_), signal, nullptr, 0)) {
    case ESRCH:  // it has ended, and nobody has reaped it yet
      break;
    default:
      KJ_FAIL_SYSCALL("pidfd_send_signal", error, signal);
  }
}

std::optional<ProcessEnd> Child::seeEnd() {
  if (end_) return end_;
  return reapWith(WEXITED | WNOHANG | WNOWAIT);
}

ProcessEnd Child::reap() {
  auto end = reapWith(WEXITED);
  KJ_ASSERT(end.has_value(), "waitid returned without a process");
  return *end;
}

std::optional<ProcessEnd> Child::reapWith(int options) {
  if (isReaped_) return end_;
  siginfo_t info = {};
  KJ_SYSCALL(waitid(P_PIDFD, static_cast<id_t>(static_cast<int>(pidfd_)), &info, options));
  if (info.si_pid == 0) return std::nullopt;
  isReaped_ = (options & WNOWAIT) == 0;
  end_ = ProcessEnd{
      info.si_code == CLD_EXITED ? ProcessEnd::Kind::kExited : ProcessEnd::Kind::kSignaled,
      info.si_status};
  return end_;
}

void Child::killAndReap() noexcept {
  if (pidfd_ == nullptr || isReaped_) return;  // moved from, or already reaped
  // The results say nothing new: the process is there until the second call has reaped it.
  syscall(SYS_pidfd_send_signal, static_cast<int>(pidfd_), SIGKILL, nullptr, 0);
  siginfo_t info = {};
  while (waitid(P_PIDFD, static_cast<id_t>(static_cast<int>(pidfd_)), &info, WEXITED) < 0 &&
         errno == EINTR) {
  }
  pidfd_ = nullptr;
}

}  // namespace nano
