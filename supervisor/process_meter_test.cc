#include "supervisor/process_meter.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <kj/debug.h>

namespace nano {
namespace {

// Computes as long as we live.
class BusyChild final {
 public:
  BusyChild() {
    const pid_t parent = getpid();
    KJ_SYSCALL(pid_ = fork());
    if (pid_ != 0) return;
    while (getppid() == parent) {
    }
    _exit(0);
  }
  ~BusyChild() { end(); }
  KJ_DISALLOW_COPY(BusyChild);

  pid_t pid() const { return pid_; }
  void end() {
    if (pid_ == 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
};

TEST(ProcessMeterTest, CountsWhatAProcessHasAndNothingOfOneThatHasEnded) {
  BusyChild child;
  ProcessMeter meter(child.pid());
  EXPECT_GT(meter.rssBytes(), 0u);
  while (meter.cpuTime() == 0 * kj::SECONDS) {
  }
  child.end();
  EXPECT_EQ(meter.rssBytes(), 0u);
  EXPECT_EQ(meter.cpuTime(), 0 * kj::SECONDS);
}

TEST(ProcessMeterTest, StillCountsWhenNoDescriptorIsLeft) {
  BusyChild child;
  ProcessMeter meter(child.pid());
  rlimit before{};
  KJ_SYSCALL(getrlimit(RLIMIT_NOFILE, &before));
  rlimit none{0, before.rlim_max};
  KJ_SYSCALL(setrlimit(RLIMIT_NOFILE, &none));
  bool isOut = dup(2) == -1;
  uint64_t memory = meter.rssBytes();
  while (meter.cpuTime() == 0 * kj::SECONDS) {
  }
  KJ_SYSCALL(setrlimit(RLIMIT_NOFILE, &before));
  EXPECT_TRUE(isOut);
  EXPECT_GT(memory, 0u);
}

TEST(ProcessMeterTest, AProcessThatIsNotThereIsAnError) {
  BusyChild child;
  pid_t pid = child.pid();
  child.end();
  auto error = kj::runCatchingExceptions([pid] { ProcessMeter meter(pid); });
  EXPECT_TRUE(error != nullptr);
}

}  // namespace
}  // namespace nano
