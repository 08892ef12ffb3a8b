// What spawn() does with the two ways into a group, on files that are none, and on version 2.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "sandbox/cgroup_fixture.h"
#include "sandbox/cgroup_mounts.h"

namespace nano {
namespace {

TEST(SpawnCgroupTest, AGroupThatCannotBeEnteredIsSaidInTheLogAndNothingRuns) {
  int ends[2];
  KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
  kj::AutoCloseFd log(ends[0]);
  kj::AutoCloseFd writer(ends[1]);
  kj::AutoCloseFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  kj::AutoCloseFd echo(open("/bin/echo", O_RDONLY | O_CLOEXEC));
  SpawnSpec spec;
  spec.programFd = echo;
  spec.arguments = {"echo", "I run"};
  spec.descriptors = {null, writer, writer};
  spec.cgroup.procs = {null};  // not open for writing
  auto child = spawn(spec);
  EXPECT_EQ(child.reap().number, kSandboxFailedExit);
  char text[256] = {};
  ASSERT_GT(read(log, text, sizeof text - 1), 0);
  EXPECT_STREQ(text, "sandbox: enter the cgroup: Bad file descriptor\n");
}

TEST(SpawnCgroupTest, AProcessIsNotBornIntoWhatIsNoGroup) {
  kj::AutoCloseFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  kj::AutoCloseFd echo(open("/bin/echo", O_RDONLY | O_CLOEXEC));
  SpawnSpec spec;
  spec.programFd = echo;
  spec.arguments = {"echo"};
  spec.descriptors = {null, null, null};
  spec.cgroup.directory = null;
  auto error = kj::runCatchingExceptions([&spec] { spawn(spec); });
  EXPECT_TRUE(error != nullptr);
}

// A group of version 2 needs no controllers for this, so that hybrid machines test it too.
TEST(SpawnCgroupTest, AProcessIsBornIntoAGroupOfVersion2) {
  std::string made;
  for (auto& hierarchy :
       findCgroupHierarchies(content("/proc/self/mountinfo"), content("/proc/self/cgroup"), "")) {
    if (!hierarchy.isVersion2) continue;
    made = hierarchy.directory + "/nano-test-" + std::to_string(getpid());
    std::error_code failed;
    if (!std::filesystem::create_directory(made, failed)) made.clear();
  }
  EXPECT_TRUE(!made.empty() || geteuid() != 0 ||
              content("/proc/self/mountinfo").find(" cgroup2 ") == std::string::npos)
      << "root may make groups where version 2 is mounted";
  if (made.empty()) return;
  {
    kj::AutoCloseFd directory(open(made.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    class Placed final : public WorkerCgroup {
     public:
      explicit Placed(int directory) : directory_(directory) {}
      CgroupPlacement placement() const override { return {directory_, {}}; }
      LimitResult setMemoryLimit(uint64_t) override { return LimitResult::kNotEnforced; }
      LimitResult setCpuWeight(uint32_t) override { return LimitResult::kNotEnforced; }
      LimitResult setCpuIdle(bool) override { return LimitResult::kNotEnforced; }
      LimitResult setCpuQuota(uint32_t) override { return LimitResult::kNotEnforced; }
      LimitResult setPidsLimit(uint32_t) override { return LimitResult::kNotEnforced; }
      std::optional<CgroupMemory> memory() const override { return std::nullopt; }
      uint64_t oomKills() const override { return 0; }

     private:
      int directory_;
    } placed(directory);
    Program program("/bin/cat", {"cat", "/proc/self/cgroup"}, placed);
    EXPECT_NE(program.output().find("/nano-test-" + std::to_string(getpid())), std::string::npos);
    program.child().reap();
  }
  // The kernel may hold it for a moment.
  while (rmdir(made.c_str()) < 0 && errno == EBUSY) {
  }
}

}  // namespace
}  // namespace nano
