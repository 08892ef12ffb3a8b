// Version 2 against a directory that has the kernel's files and none of its behaviour.

#include "sandbox/cgroup_v2.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <kj/debug.h>

namespace nano {
namespace {

void put(int directory, const char* name, std::string_view text) {
  int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  KJ_REQUIRE(fd >= 0, name);
  kj::AutoCloseFd file(fd);
  KJ_REQUIRE(write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

int makeImitation(int parent, const char* name) {
  if (mkdirat(parent, name, 0755) < 0) return -1;
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  KJ_REQUIRE(fd >= 0);
  kj::AutoCloseFd directory(fd);
  for (const char* file :
       {"cgroup.procs", "cgroup.threads", "cgroup.subtree_control", "memory.max", "memory.swap.max",
        "memory.oom.group", "cpu.weight", "cpu.idle", "cpu.max", "pids.max"})
    put(directory, file, "");
  put(directory, "memory.current", "5000\n");
  put(directory, "memory.peak", "7000\n");
  put(directory, "memory.events", "low 0\nhigh 0\nmax 4\noom 3\noom_kill 2\noom_group_kill 1\n");
  return 0;
}

int removeImitation(int parent, const char* name) {
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  DIR* listing = fdopendir(fd);
  while (dirent* entry = readdir(listing)) {
    if (entry->d_type == DT_REG) unlinkat(fd, entry->d_name, 0);
  }
  closedir(listing);
  return unlinkat(parent, name, AT_REMOVEDIR);
}

class CgroupV2Test : public testing::Test {
 protected:
  CgroupV2Test() {
    char name[] = "/tmp/nano-cgroup-XXXXXX";
    KJ_REQUIRE(mkdtemp(name) != nullptr);
    root_ = name;
    int fd = ::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    kj::AutoCloseFd directory(fd);
    put(directory, "cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
    put(directory, "cgroup.subtree_control", "");
    put(directory, "cgroup.procs", "");
    request_.uid = geteuid();
    request_.gid = getegid();
    request_.calls = {makeImitation, removeImitation};
  }
  ~CgroupV2Test() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<CgroupTree> open() {
    auto opened = openCgroupsV2({true, {}, root_}, request_);
    if (auto* why = std::get_if<std::string>(&opened)) KJ_FAIL_REQUIRE(*why);
    return std::move(std::get<std::unique_ptr<CgroupTree>>(opened));
  }
  std::string instance() {
    for (auto& entry : std::filesystem::directory_iterator(root_)) {
      if (entry.is_directory()) return entry.path();
    }
    return "";
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path);
    return std::string((std::istreambuf_iterator<char>(file)), {});
  }

  std::string root_;
  CgroupRequest request_;
};

TEST_F(CgroupV2Test, MovesItselfIntoALeafBeforeItHandsControllersOn) {
  auto tree = open();
  EXPECT_EQ(tree->describe(), "v2: memory, cpu, pids");
  EXPECT_EQ(content(instance() + "/supervisor/cgroup.procs"), "0");
  EXPECT_EQ(content(root_ + "/cgroup.subtree_control"), "+cpu +memory +pids");
  EXPECT_EQ(content(instance() + "/cgroup.subtree_control"), "+cpu +memory +pids");
  EXPECT_EQ(content(instance() + "/supervisor/cpu.weight"), "1000");
}

TEST_F(CgroupV2Test, EnablesOnlyWhatIsNotYetEnabledAbove) {
  std::ofstream(root_ + "/cgroup.subtree_control") << "memory pids\n";
  auto tree = open();
  EXPECT_EQ(content(root_ + "/cgroup.subtree_control").substr(0, 4), "+cpu");
}

TEST_F(CgroupV2Test, DoesWithoutCpu) {
  std::ofstream(root_ + "/cgroup.controllers") << "memory pids\n";
  EXPECT_TRUE(hasNeededControllers({true, {}, root_}));
  auto tree = open();
  EXPECT_FALSE(tree->enforces(CgroupController::kCpu));
  EXPECT_TRUE(tree->enforces(CgroupController::kPids));
}

TEST_F(CgroupV2Test, NeedsMemoryAndPids) {
  std::ofstream(root_ + "/cgroup.controllers") << "hugetlb memory\n";
  EXPECT_FALSE(hasNeededControllers({true, {}, root_}));
  EXPECT_FALSE(hasNeededControllers({true, {}, root_ + "/none"}));
}

TEST_F(CgroupV2Test, WritesEveryLimitOfAWorker) {
  auto tree = open();
  auto worker = tree->addWorker();
  std::string group = instance() + "/worker-1";
  EXPECT_EQ(worker->setMemoryLimit(1 << 20), LimitResult::kSet);
  EXPECT_EQ(content(group + "/memory.max"), "1048576");
  EXPECT_EQ(content(group + "/memory.swap.max"), "0");
  EXPECT_EQ(content(group + "/memory.oom.group"), "1");
  EXPECT_EQ(worker->setCpuWeight(250), LimitResult::kSet);
  EXPECT_EQ(content(group + "/cpu.weight"), "250");
  EXPECT_EQ(worker->setCpuIdle(true), LimitResult::kSet);
  EXPECT_EQ(content(group + "/cpu.idle"), "1");
  EXPECT_EQ(worker->setCpuWeight(300), LimitResult::kSet);
  EXPECT_EQ(content(group + "/cpu.weight"), "250") << "the kernel would not take it now";
  EXPECT_EQ(worker->setCpuIdle(false), LimitResult::kSet);
  EXPECT_EQ(content(group + "/cpu.idle"), "0");
  EXPECT_EQ(content(group + "/cpu.weight"), "300");
  EXPECT_EQ(worker->setCpuQuota(150), LimitResult::kSet);
  EXPECT_EQ(content(group + "/cpu.max"), "150000 100000");
  EXPECT_EQ(worker->setPidsLimit(5), LimitResult::kSet);
  EXPECT_EQ(content(group + "/pids.max"), "5");
}

TEST_F(CgroupV2Test, ReadsUsageAndKills) {
  auto tree = open();
  auto worker = tree->addWorker();
  ASSERT_TRUE(worker->memory().has_value());
  EXPECT_EQ(worker->memory()->current, 5000U);
  EXPECT_EQ(worker->memory()->peak, 7000U);
  EXPECT_EQ(worker->oomKills(), 2U);
}

TEST_F(CgroupV2Test, ALimitBelowUsageIsNotWritten) {
  auto tree = open();
  auto worker = tree->addWorker();
  EXPECT_EQ(worker->setMemoryLimit(4999), LimitResult::kBelowUsage);
  EXPECT_EQ(content(instance() + "/worker-1/memory.max"), "");
}

TEST_F(CgroupV2Test, PlacesAWorkerByItsDirectory) {
  auto tree = open();
  auto worker = tree->addWorker();
  auto placement = worker->placement();
  EXPECT_TRUE(placement.procs.empty());
  struct stat named = {};
  struct stat held = {};
  ASSERT_EQ(stat((instance() + "/worker-1").c_str(), &named), 0);
  ASSERT_EQ(fstat(placement.directory, &held), 0);
  EXPECT_EQ(named.st_ino, held.st_ino);
}

TEST_F(CgroupV2Test, LeavesNothingBehindAndGoesBackToWhereItCameFrom) {
  auto tree = open();
  auto worker = tree->addWorker();
  worker = nullptr;
  EXPECT_FALSE(std::filesystem::exists(instance() + "/worker-1"));
  tree = nullptr;
  EXPECT_EQ(instance(), "");
  EXPECT_EQ(content(root_ + "/cgroup.subtree_control"), "-cpu -memory -pids");
  EXPECT_EQ(content(root_ + "/cgroup.procs"), "0");
}

TEST_F(CgroupV2Test, AFileThatRefusesIsNamedAndNothingIsLeft) {
  std::filesystem::remove(root_ + "/cgroup.subtree_control");
  auto opened = openCgroupsV2({true, {}, root_}, request_);
  ASSERT_TRUE(std::holds_alternative<std::string>(opened));
  EXPECT_EQ(std::get<std::string>(opened),
            root_ + "/cgroup.subtree_control: No such file or directory");
  EXPECT_EQ(instance(), "");
}

// The one that hands its rights over needs root; without, what can be checked is that it says so.
TEST_F(CgroupV2Test, HandsItsPartToTheUserItBecomesAndIsSweptWhenThatOneIsKilled) {
  request_.uid = 65534;
  request_.gid = 65534;
  if (geteuid() != 0) {
    request_.uid = geteuid() + 1;
    auto opened = openCgroupsV2({true, {}, root_}, request_);
    EXPECT_TRUE(std::holds_alternative<std::string>(opened));
    return;
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  pid_t nanod = fork();
  if (nanod == 0) {
    auto tree = open();
    auto worker = tree->addWorker();
    struct stat status = {};
    std::string own = instance();
    bool isGiven = stat(own.c_str(), &status) == 0 && status.st_uid == 65534 &&
                   stat((own + "/cgroup.procs").c_str(), &status) == 0 && status.st_uid == 65534 &&
                   stat((own + "/memory.max").c_str(), &status) == 0 && status.st_uid == 0;
    if (!isGiven) _exit(1);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(nanod, &status, 0), nanod);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the files have the wrong owners";
  ASSERT_GT(waitpid(-1, &status, 0), 0) << "there is no sweeper";
  EXPECT_EQ(instance(), "");
  prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

}  // namespace
}  // namespace nano
