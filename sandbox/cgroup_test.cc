// The cgroups of the machine that runs the test, whatever they are. Where there are none that we
// may use, each test asserts what nanod then has instead.

#include "sandbox/cgroup.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "sandbox/cgroup_fixture.h"
#include "sandbox/cgroup_mounts.h"

namespace nano {
namespace {

// The groups this process is in before a tree moves it into its own.
const std::string kOwnGroups = content("/proc/self/cgroup");

// The groups of a nanod of this number, in all hierarchies.
std::vector<std::string> instances(pid_t nanod = getpid()) {
  std::string prefix = "nanod-" + std::to_string(nanod) + "-";
  std::vector<std::string> found;
  for (auto& hierarchy : findCgroupHierarchies(content("/proc/self/mountinfo"), kOwnGroups, "")) {
    std::error_code ignored;
    for (auto& entry : std::filesystem::directory_iterator(hierarchy.directory, ignored)) {
      std::string name = entry.path().filename();
      if (name.starts_with(prefix)) found.push_back(entry.path());
    }
  }
  return found;
}

class CgroupTest : public testing::Test {
 protected:
  // Without rights to any: the reason, and the tree that does nothing.
  std::unique_ptr<CgroupTree> open() {
    int fd;
    KJ_SYSCALL(fd = memfd_create("cgroup", MFD_CLOEXEC));
    kj::AutoCloseFd groups(fd);
    KJ_SYSCALL(write(groups, kOwnGroups.data(), kOwnGroups.size()));
    CgroupRequest request{.parent = "", .uid = geteuid(), .gid = getegid()};
    request.ownGroupsFile = "/proc/self/fd/" + std::to_string(fd);
    auto opened = openCgroups(request);
    if (auto* why = std::get_if<std::string>(&opened)) {
      EXPECT_FALSE(why->empty());
      return withoutCgroups();
    }
    return std::move(std::get<std::unique_ptr<CgroupTree>>(opened));
  }
};

TEST_F(CgroupTest, SaysWhatItFound) {
  auto tree = open();
  auto text = tree->describe();
  EXPECT_EQ(text == "none", instances().empty()) << text;
  for (auto controller : kAllCgroupControllers) {
    if (tree->enforces(controller)) {
      EXPECT_NE(text.find(controllerName(controller)), std::string::npos) << text;
    }
  }
}

TEST_F(CgroupTest, RootOnAMachineWithMemoryAndPidsHasThem) {
  auto tree = open();
  auto controllers = content("/proc/cgroups");
  bool isVersion1 = content("/proc/self/cgroup").find(":memory:") != std::string::npos &&
                    content("/proc/self/cgroup").find(":pids:") != std::string::npos;
  if (geteuid() == 0 && isVersion1) {
    EXPECT_TRUE(tree->enforces(CgroupController::kMemory)) << tree->describe();
    EXPECT_TRUE(tree->enforces(CgroupController::kPids)) << tree->describe();
  }
}

TEST_F(CgroupTest, AProgramIsInItsGroupFromItsFirstInstruction) {
  auto tree = open();
  auto worker = tree->addWorker();
  Program program("/bin/cat", {"cat", "/proc/self/cgroup"}, *worker);
  auto output = program.output();
  program.child().reap();
  std::string own = "/nanod-" + std::to_string(getpid()) + "-0/worker-1\n";
  size_t found = 0;
  for (size_t at = output.find(own); at != std::string::npos; at = output.find(own, at + 1))
    found++;
  EXPECT_EQ(found, instances().size()) << output;
}

TEST_F(CgroupTest, PastItsMemoryLimitAProgramIsKilledAndThatIsCounted) {
  auto tree = open();
  auto worker = tree->addWorker();
  constexpr uint64_t kLimit = 32 << 20;
  auto limited = worker->setMemoryLimit(kLimit);
  EXPECT_EQ(limited == LimitResult::kSet, tree->enforces(CgroupController::kMemory));
  if (limited != LimitResult::kSet) {
    EXPECT_FALSE(worker->memory().has_value());
    EXPECT_EQ(worker->oomKills(), 0U);
    return;
  }
  EXPECT_EQ(worker->oomKills(), 0U);
  // Fills one block after the other.
  Program balloon("/bin/dd", {"dd", "if=/dev/zero", "of=/dev/null", "bs=200M"}, *worker);
  auto end = balloon.child().reap();
  EXPECT_EQ(end.kind, ProcessEnd::Kind::kSignaled);
  EXPECT_EQ(end.number, SIGKILL);
  EXPECT_EQ(worker->oomKills(), 1U);
  EXPECT_GE(worker->memory()->peak, kLimit * 9 / 10);
  EXPECT_LE(worker->memory()->peak, kLimit);
}

TEST_F(CgroupTest, NothingOfALimitedProgramIsSwappedOut) {
  auto tree = open();
  auto worker = tree->addWorker();
  worker->setMemoryLimit(32 << 20);
  size_t forbidden = 0;
  for (auto& instance : instances()) {
    const std::string group = instance + "/worker-1/";
    for (auto* file : {"memory.swappiness", "memory.swap.max"}) {
      if (!std::filesystem::exists(group + file)) continue;
      EXPECT_EQ(content(group + file), "0\n") << group << file;
      forbidden++;
    }
  }
  // A kernel without swap has neither file.
  if (!tree->enforces(CgroupController::kMemory)) {
    EXPECT_EQ(forbidden, 0u);
  }
}

TEST_F(CgroupTest, ALimitBelowUsageIsReportedAndTheFormerOneStays) {
  auto tree = open();
  if (!tree->enforces(CgroupController::kMemory)) {
    EXPECT_EQ(tree->addWorker()->setMemoryLimit(1), LimitResult::kNotEnforced);
    return;
  }
  auto worker = tree->addWorker();
  ASSERT_EQ(worker->setMemoryLimit(200 << 20), LimitResult::kSet);
  Program holder("/bin/dd", {"dd", "if=/dev/zero", "of=/dev/null", "bs=50M"}, *worker);
  while (worker->memory()->current < 45'000'000) {
    ASSERT_FALSE(holder.child().seeEnd().has_value());
  }
  EXPECT_EQ(worker->setMemoryLimit(8 << 20), LimitResult::kBelowUsage);
  EXPECT_FALSE(holder.child().seeEnd().has_value());
  EXPECT_EQ(worker->setMemoryLimit(400 << 20), LimitResult::kSet) << "raising always works";
  EXPECT_EQ(worker->setMemoryLimit(300 << 20), LimitResult::kSet) << "and so does this";
}

TEST_F(CgroupTest, PastItsPidsLimitAProgramCannotFork) {
  auto tree = open();
  auto worker = tree->addWorker();
  auto limited = worker->setPidsLimit(1);
  EXPECT_EQ(limited == LimitResult::kSet, tree->enforces(CgroupController::kPids));
  Program shell("/bin/sh", {"sh", "-c", "/bin/true; echo forked"}, *worker);
  bool forked = shell.output().find("forked") != std::string::npos;
  EXPECT_EQ(forked, limited != LimitResult::kSet);
}

TEST_F(CgroupTest, CpuWeightAndQuotaAreTakenWhereThereIsTheController) {
  auto tree = open();
  auto worker = tree->addWorker();
  auto expected =
      tree->enforces(CgroupController::kCpu) ? LimitResult::kSet : LimitResult::kNotEnforced;
  for (uint32_t weight : {1U, 100U, 10000U})
    EXPECT_EQ(worker->setCpuWeight(weight), expected) << weight;
  for (uint32_t percent : {1U, 100U, 400U})
    EXPECT_EQ(worker->setCpuQuota(percent), expected) << percent;
}

TEST_F(CgroupTest, AnIdleWorkerTakesAWeightAndHasItAfterwards) {
  auto tree = open();
  auto worker = tree->addWorker();
  auto expected =
      tree->enforces(CgroupController::kCpu) ? LimitResult::kSet : LimitResult::kNotEnforced;
  worker->setCpuWeight(200);
  EXPECT_EQ(worker->setCpuIdle(true), expected);
  EXPECT_EQ(worker->setCpuWeight(400), expected);
  EXPECT_EQ(worker->setCpuIdle(false), expected);
  std::string weights;
  for (auto& instance : instances()) {
    for (auto* file : {"/worker-1/cpu.weight", "/worker-1/cpu.shares"})
      weights += content(instance + file);
  }
  if (expected == LimitResult::kSet) {
    EXPECT_TRUE(weights == "400\n" || weights == "4096\n") << weights;
  }
}

TEST_F(CgroupTest, TheSupervisorIsBesideItsWorkersWithTenTimesTheWeight) {
  const std::string before = content("/proc/self/cgroup");
  {
    auto tree = open();
    bool isInLeaf = content("/proc/self/cgroup").find("/supervisor\n") != std::string::npos;
    EXPECT_EQ(isInLeaf, tree->enforces(CgroupController::kCpu));
    std::string weights;
    for (auto& instance : instances()) {
      for (auto* file : {"/supervisor/cpu.weight", "/supervisor/cpu.shares"})
        weights += content(instance + file);
    }
    if (isInLeaf) {
      EXPECT_TRUE(weights == "1000\n" || weights == "10240\n") << weights;
    }
  }
  EXPECT_EQ(content("/proc/self/cgroup"), before);
}

TEST_F(CgroupTest, AGroupThatIsStillBusyIsRemovedLater) {
  auto tree = open();
  auto worker = tree->addWorker();
  Program program("/bin/sleep", {"sleep", "1000"}, *worker);
  worker = nullptr;  // too early
  program.child().sendSignal(SIGKILL);
  program.child().reap();
  tree = nullptr;
  EXPECT_TRUE(instances().empty());
}

TEST_F(CgroupTest, TwoTreesLiveBesideEachOther) {
  auto first = open();
  size_t alone = instances().size();
  auto second = open();
  EXPECT_EQ(instances().size(), 2 * alone);
  auto worker = first->addWorker();
  auto other = second->addWorker();
  Program program("/bin/cat", {"cat", "/proc/self/cgroup"}, *worker);
  EXPECT_EQ(program.output().find("-0/worker-1") != std::string::npos, alone > 0);
  program.child().reap();
  other = nullptr;
  second = nullptr;
  EXPECT_EQ(instances().size(), alone);
}

TEST_F(CgroupTest, RemovesWhatADeadOneLeft) {
  pid_t dead = fork();
  if (dead == 0) {
    auto tree = open();
    auto worker = tree->addWorker();
    _exit(0);
  }
  ASSERT_EQ(waitpid(dead, nullptr, 0), dead);
  { auto tree = open(); }
  EXPECT_TRUE(instances(dead).empty());
}

TEST_F(CgroupTest, RootsGroupsGoWithAKilledSupervisorThatBecameSomebody) {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  uid_t user = geteuid() == 0 ? 65534 : geteuid();
  pid_t nanod = fork();
  if (nanod == 0) {
    auto opened = openCgroups({.parent = "", .uid = user, .gid = user});
    auto* tree = std::get_if<std::unique_ptr<CgroupTree>>(&opened);
    if (setresgid(user, user, user) < 0 || setresuid(user, user, user) < 0) _exit(2);
    if (tree == nullptr) kill(getpid(), SIGKILL);
    auto worker = (*tree)->addWorker();
    worker->setPidsLimit(3);
    Program program("/bin/cat", {"cat", "/proc/self/cgroup"}, *worker);
    if (program.output().find("/worker-1\n") == std::string::npos) _exit(3);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(nanod, &status, 0), nanod);
  EXPECT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  while (waitpid(-1, &status, 0) > 0) {  // its sweeper, and what it had started
  }
  EXPECT_TRUE(instances(nanod).empty());
  prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

TEST_F(CgroupTest, AGroupThatDoesNotExistIsNamed) {
  auto opened = openCgroups({.parent = "/no-such-group", .uid = geteuid(), .gid = getegid()});
  ASSERT_TRUE(std::holds_alternative<std::string>(opened));
  auto& why = std::get<std::string>(opened);
  EXPECT_TRUE(why.find("/no-such-group: No such file") != std::string::npos ||
              why == "no cgroup file system is mounted here")
      << why;
}

TEST_F(CgroupTest, AMachineWithoutCgroupsIsAReason) {
  CgroupRequest request{.parent = "", .uid = geteuid(), .gid = getegid()};
  request.mountinfoFile = "/dev/null";
  auto opened = openCgroups(request);
  ASSERT_TRUE(std::holds_alternative<std::string>(opened));
  EXPECT_EQ(std::get<std::string>(opened), "no cgroup file system is mounted here");
}

}  // namespace
}  // namespace nano
