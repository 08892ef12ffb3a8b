// A step of the sandbox that does not work ends the process and names the step.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include <gtest/gtest.h>

#include "sandbox/sandbox.h"
#include "tests/security/victim_process.h"

namespace nano {
namespace {

void expectFailure(VictimProcess& victim, const std::string& step) {
  auto end = victim.finish();
  EXPECT_EQ(describeEnd(end), describeEnd({ProcessEnd::Kind::kExited, kSandboxFailedExit}));
  EXPECT_NE(victim.output().find("sandbox: " + step), std::string::npos)
      << step << " is not in: " << victim.output();
  EXPECT_EQ(victim.output().find("ready"), std::string::npos);
}

struct BrokenStep {
  const char* call;  // fails with EPERM; with ":N" only for this first argument
  const char* step;
};

class FailClosedTest : public testing::TestWithParam<BrokenStep> {};

TEST_P(FailClosedTest, TheProcessEndsBeforeItIsReady) {
  VictimProcess victim({std::string("--break=") + GetParam().call, "nothing"});
  expectFailure(victim, GetParam().step);
}

INSTANTIATE_TEST_SUITE_P(
    Steps, FailClosedTest,
    testing::Values(
        BrokenStep{"close_range", "close descriptors"}, BrokenStep{"openat", "open status"},
        BrokenStep{"pread64", "read status"}, BrokenStep{"unshare", "unshare namespaces"},
        BrokenStep{"sethostname", "host name"}, BrokenStep{"mount", "make mounts private"},
        BrokenStep{"chdir", "enter empty root"}, BrokenStep{"pivot_root", "pivot_root"},
        BrokenStep{"umount2", "unmount old root"}, BrokenStep{"getdents64", "look at the new root"},
        BrokenStep{"prlimit64", "RLIMIT_CORE"}, BrokenStep{"rt_sigaction", "abort handler"},
        BrokenStep{"prctl:47", "clear ambient capabilities"},    // PR_CAP_AMBIENT
        BrokenStep{"prctl:24", "drop capability bounding set"},  // PR_CAPBSET_DROP
        BrokenStep{"prctl:28", "lock securebits"},               // PR_SET_SECUREBITS
        BrokenStep{"capset", "drop capabilities"},
        BrokenStep{"prctl:38", "no_new_privs"},  // PR_SET_NO_NEW_PRIVS
        BrokenStep{"landlock_create_ruleset", "landlock version"},
        BrokenStep{"landlock_restrict_self", "landlock restrict"},
        BrokenStep{"prctl:4", "dumpable"},             // PR_SET_DUMPABLE
        BrokenStep{"prctl:1", "parent death signal"},  // PR_SET_PDEATHSIG
        BrokenStep{"seccomp", "seccomp"}),
    [](const auto& step) {
      std::string name = step.param.call;
      for (char& byte : name)
        if (byte == ':') byte = '_';
      return name;
    });

TEST(FailClosedStartTest, AThreadBeforeTheSandboxIsFatal) {
  VictimProcess victim({"--early-thread", "nothing"});
  expectFailure(victim, "threads");
}

TEST(FailClosedStartTest, AJitlessProcessThatMayStillMakeCodeIsFatal) {
  VictimProcess victim({"--jitless", "--break=prctl:65", "nothing"});  // PR_SET_MDWE
  expectFailure(victim, "no new code");
}

TEST(FailClosedStartTest, ALayerThatIsMissingWithoutBeingNamedIsFatal) {
  VictimProcess victim({"nothing"}, {Layer::kPidNamespace}, {});
  expectFailure(victim, "pid namespace");
  if (geteuid() == 0) {
    VictimProcess other({"nothing"}, {Layer::kUserNamespace}, {});
    expectFailure(other, "user namespace");
  }
}

TEST(FailClosedStartTest, AProgramThatWasNotSpawnedDoesNotTouchItsStartersWorld) {
  for (const char* weaken : {"--weaken=netns", "--weaken=pidns"}) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    int code = runInFork([&ends, weaken]() {
      dup2(ends[1], STDERR_FILENO);
      std::string program = "nano_victim";
      std::string layer = weaken;
      std::string act = "nothing";
      char* arguments[] = {program.data(), layer.data(), act.data(), nullptr};
      fexecve(victimFd(), arguments, environ);
      return 1;
    });
    close(ends[1]);
    EXPECT_EQ(code, kSandboxFailedExit);
    char text[512] = {};
    EXPECT_GT(read(ends[0], text, sizeof text - 1), 0);
    close(ends[0]);
    EXPECT_NE(std::string(text).find("user namespace"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace nano
