#include "sandbox/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include <gtest/gtest.h>

#include "sandbox/sandbox.h"

namespace nano {
namespace {

ProcessEnd exited(int code) { return {ProcessEnd::Kind::kExited, code}; }
ProcessEnd signaled(int signal) { return {ProcessEnd::Kind::kSignaled, signal}; }

// A process that ends when `go` is closed, with this exit code.
struct Waiting {
  Child child;
  kj::AutoCloseFd go;
};

Waiting startWaiting(int code) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    close(ends[1]);
    char byte;
    while (read(ends[0], &byte, 1) > 0) {
    }
    _exit(code);
  }
  close(ends[0]);
  int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  EXPECT_GE(pidfd, 0);
  return {Child(pid, kj::AutoCloseFd(pidfd)), kj::AutoCloseFd(ends[1])};
}

TEST(ChildTest, EndsAreClassifiedByWhatTheyMean) {
  EXPECT_EQ(classifyEnd(exited(0)), EndClass::kExited);
  EXPECT_EQ(classifyEnd(exited(kSandboxFailedExit)), EndClass::kFailed);
  EXPECT_EQ(classifyEnd(signaled(SIGSYS)), EndClass::kSandboxAlarm);
  for (int signal : {SIGTRAP, SIGILL, SIGABRT})
    EXPECT_EQ(classifyEnd(signaled(signal)), EndClass::kEngineFatal);
  for (int signal : {SIGSEGV, SIGBUS})
    EXPECT_EQ(classifyEnd(signaled(signal)), EndClass::kMemoryBug);
  EXPECT_EQ(classifyEnd(signaled(SIGKILL)), EndClass::kKilled);
  EXPECT_EQ(classifyEnd(signaled(SIGTERM)), EndClass::kOtherSignal);
}

TEST(ChildTest, AnEndIsDescribedForTheLog) {
  EXPECT_EQ(describeEnd(signaled(SIGSYS)), "signal 31 (SIGSYS)");
  EXPECT_EQ(describeEnd(exited(1)), "exit code 1");
  EXPECT_EQ(describeEnd(exited(kSandboxFailedExit)), "exit code 70 (a step of the sandbox failed)");
  EXPECT_EQ(endClassName(EndClass::kSandboxAlarm), "sandbox_alarm");
}

TEST(ChildTest, AProcessThatRunsHasNoEndYet) {
  auto waiting = startWaiting(3);
  EXPECT_FALSE(waiting.child.seeEnd().has_value());
  waiting.go = nullptr;
  auto end = waiting.child.reap();
  EXPECT_EQ(end.kind, ProcessEnd::Kind::kExited);
  EXPECT_EQ(end.number, 3);
}

TEST(ChildTest, TheEndIsToldMoreThanOnce) {
  auto waiting = startWaiting(3);
  waiting.go = nullptr;
  waiting.child.reap();
  EXPECT_EQ(waiting.child.reap().number, 3);
  EXPECT_EQ(waiting.child.seeEnd()->number, 3);
}

TEST(ChildTest, ThePidfdBecomesReadableAtTheEnd) {
  auto waiting = startWaiting(0);
  pollfd event = {waiting.child.pidfd(), POLLIN, 0};
  EXPECT_EQ(poll(&event, 1, 0), 0);
  waiting.child.sendSignal(SIGKILL);
  EXPECT_EQ(poll(&event, 1, -1), 1);
  EXPECT_EQ(classifyEnd(*waiting.child.seeEnd()), EndClass::kKilled);
}

TEST(ChildTest, AnEndThatWasSeenLeavesAZombieUntilItIsDestroyed) {
  auto waiting = std::make_unique<decltype(startWaiting(0))>(startWaiting(3));
  const pid_t pid = waiting->child.pid();
  waiting->go = nullptr;
  pollfd event = {waiting->child.pidfd(), POLLIN, 0};
  EXPECT_EQ(poll(&event, 1, -1), 1);
  EXPECT_EQ(waiting->child.seeEnd()->number, 3);
  EXPECT_EQ(kill(pid, 0), 0) << "reaped already";
  EXPECT_EQ(waiting->child.seeEnd()->number, 3);
  waiting = nullptr;
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ChildTest, ASignalToAnEndedProcessDoesNothing) {
  auto waiting = startWaiting(0);
  waiting.go = nullptr;
  pollfd event = {waiting.child.pidfd(), POLLIN, 0};
  EXPECT_EQ(poll(&event, 1, -1), 1);
  waiting.child.sendSignal(SIGKILL);  // a zombie
  waiting.child.reap();
  waiting.child.sendSignal(SIGKILL);  // gone
}

TEST(ChildTest, ADroppedChildIsKilledAndLeavesNoZombie) {
  pid_t pid;
  {
    auto waiting = startWaiting(0);
    pid = waiting.child.pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildTest, AssigningEndsTheOneThatWasHeld) {
  auto first = startWaiting(0);
  auto second = startWaiting(0);
  pid_t pid = first.child.pid();
  first.child = std::move(second.child);
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_FALSE(first.child.seeEnd().has_value());
}

}  // namespace
}  // namespace nano
