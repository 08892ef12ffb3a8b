#include "sandbox/privileges.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include <gtest/gtest.h>

#include "sandbox/landlock.h"
#include "sandbox/step.h"

// What these steps take away cannot be given back, so each is tried in a process of its own:
// EXPECT_EXIT forks. The steps that need a namespace are tried in tests/security.
namespace nano {
namespace {

using testing::ExitedWithCode;
using testing::KilledBySignal;

void exitWith(bool good) { _exit(good ? 0 : 1); }

TEST(PrivilegesTest, DescriptorsFromTheFirstClosedOneUpAreClosed) {
  EXPECT_EXIT(
      {
        int high = fcntl(2, F_DUPFD, 100);
        closeDescriptorsFrom(5);
        exitWith(fcntl(high, F_GETFD) == -1 && errno == EBADF && fcntl(2, F_GETFD) != -1);
      },
      ExitedWithCode(0), "");
}

TEST(PrivilegesTest, LimitsHoldAndCannotBeRaised) {
  EXPECT_EXIT(
      {
        limitResources();
        rlimit files = {};
        rlimit core = {};
        getrlimit(RLIMIT_NOFILE, &files);
        getrlimit(RLIMIT_CORE, &core);
        exitWith(files.rlim_cur == 64 && files.rlim_max == 64 && core.rlim_max == 0 &&
                 fcntl(2, F_DUPFD, 64) == -1);
      },
      ExitedWithCode(0), "");
}

TEST(PrivilegesTest, ALimitOfTheOperatorThatIsLowerStays) {
  EXPECT_EXIT(
      {
        rlimit lower = {};
        lower.rlim_cur = lower.rlim_max = 32;
        setrlimit(RLIMIT_NOFILE, &lower);
        limitResources();
        rlimit files = {};
        getrlimit(RLIMIT_NOFILE, &files);
        exitWith(files.rlim_cur == 32 && files.rlim_max == 32);
      },
      ExitedWithCode(0), "");
}

TEST(PrivilegesTest, NoNewPrivilegesAndHiddenMemoryAreSet) {
  EXPECT_EXIT(
      {
        forbidNewPrivileges();
        hideMemory();
        exitWith(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && prctl(PR_GET_DUMPABLE) == 0);
      },
      ExitedWithCode(0), "");
}

TEST(PrivilegesTest, TheParentsDeathIsAskedFor) {
  EXPECT_EXIT(
      {
        dieWithParent();
        int signal = 0;
        prctl(PR_GET_PDEATHSIG, &signal);
        exitWith(signal == SIGKILL);
      },
      ExitedWithCode(0), "");
}

#ifdef __x86_64__
TEST(PrivilegesTest, AbortEndsLikeAFatalErrorOfTheEngine) {
  EXPECT_EXIT(
      {
        makeAbortTrap();
        abort();
      },
      KilledBySignal(SIGILL), "");
}
#endif

TEST(PrivilegesTest, LandlockLeavesNoFileToOpen) {
  EXPECT_EXIT(
      {
        forbidNewPrivileges();
        if (denyWithLandlock() == 0) _exit(0);  // this kernel has none
        exitWith(open("/dev/null", O_RDONLY | O_CLOEXEC) == -1 && errno == EACCES);
      },
      ExitedWithCode(0), "");
}

TEST(PrivilegesTest, AFailedStepEndsTheProcessAndIsNamed) {
  EXPECT_EXIT(failStep("pivot_root", EPERM), ExitedWithCode(70),
              "sandbox: pivot_root: Operation not permitted");
  EXPECT_EXIT(mustSucceed("chdir", chdir("/nowhere/at/all")), ExitedWithCode(70), "sandbox: chdir");
}

}  // namespace
}  // namespace nano
