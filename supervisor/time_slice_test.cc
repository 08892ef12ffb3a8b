#include "supervisor/time_slice.h"

#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <thread>

#include <gtest/gtest.h>

namespace nano {
namespace {

// As the kernel tells it: size and policy, flags, nice and priority, runtime.
uint64_t sliceOfThisThread() {
  uint64_t attributes[6] = {};
  if (syscall(SYS_sched_getattr, 0, attributes, sizeof attributes, 0) != 0) return 0;
  return attributes[3];
}

bool kernelHasSlices() {
  utsname name{};
  int major = 0;
  int minor = 0;
  return uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
         (major > 6 || (major == 6 && minor >= 12));
}

// In a process of its own: the test's goes on as it was.
TEST(TimeSliceTest, IsShortForThisThreadAndThoseItStarts) {
  const uint64_t before = sliceOfThisThread();
  const uint64_t expected = kernelHasSlices() ? kTimeSliceNanos : before;
  EXPECT_EXIT(
      {
        shortenTimeSlices();
        uint64_t ofThread = 0;
        std::thread([&ofThread] { ofThread = sliceOfThisThread(); }).join();
        pid_t child = fork();
        if (child == 0) _exit(sliceOfThisThread() == expected ? 0 : 1);
        int status = 1;
        waitpid(child, &status, 0);
        _exit(sliceOfThisThread() == expected && ofThread == expected && status == 0 ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
  EXPECT_EQ(sliceOfThisThread(), before);
}

}  // namespace
}  // namespace nano
