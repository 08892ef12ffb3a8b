// Workers that misbehave before they serve, while they load, or when their heart is asked for
// (hostile cases W04, W05, W23, W28).

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "tests/hostile/worker_world.h"

namespace nano::test {
namespace {

// nanod started with nothing but workers of this start act; what it says when it gives up.
ProgramResult startWith(const std::string& act) {
  TestDirectory directory;
  std::string lib = makeEvilLibDirectory(directory);
  writeStartAct(lib, act);
  std::filesystem::create_directory(directory.path() + "/state");
  std::filesystem::create_directory(directory.path() + "/run");
  for (auto& name : {"/state", "/run"}) {
    if (geteuid() == 0) {
      KJ_SYSCALL(chown((directory.path() + name).c_str(), 65534, 65534));
    }
  }
  std::vector<std::string> flags = {
      "--http=127.0.0.1:0", "--lib-dir=" + lib, "--state=" + directory.path() + "/state",
      "--allow-weaker-sandbox=cgroup", "--admin=" + directory.path() + "/run/admin.sock"};
  if (geteuid() == 0) flags.push_back("--user=nobody");
  return runProgram("nanod", flags);
}

class RefusedStartTest : public testing::TestWithParam<const char*> {};

TEST_P(RefusedStartTest, KeepsNanodFromServing) {
  auto result = startWith(GetParam());
  EXPECT_EQ(result.exitCode, 1) << result.out;
  EXPECT_EQ(result.out.find("serving"), std::string::npos);
  EXPECT_NE(result.err.find("no sandboxed worker can be started"), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos) << result.err;
}

INSTANTIATE_TEST_SUITE_P(Acts, RefusedStartTest,
                         testing::Values("no-filter", "exit-before-sandbox", "crash-in-sandbox",
                                         "exit-at-hello", "throw-at-hello", "many-layers",
                                         "weakened", "silent-hello", "claims-jitless"),
                         [](const auto& row) {
                           std::string name = row.param;
                           for (char& byte : name)
                             if (byte == '-') byte = '_';
                           return name;
                         });

TEST(ForgedReportTest, IsFoundOutByALookAtProc) {
  auto result = startWith("no-filter");
  EXPECT_NE(result.err.find("its sandbox is not shut, says /proc"), std::string::npos)
      << result.err;
}

TEST(ForgedReportTest, OfAnotherCodeProfileIsFoundOut) {
  auto result = startWith("claims-jitless");
  EXPECT_NE(result.err.find("the worker's code profile is not the one it was told"),
            std::string::npos)
      << result.err;
}

class RefusedLoadTest : public testing::TestWithParam<const char*> {};

TEST_P(RefusedLoadTest, IsADeployThatFailsAndNothingElse) {
  WorkerWorld world;
  size_t mark = world.mark();
  auto result = world.tryDeploy(GetParam());
  EXPECT_EQ(result.exitCode, 1) << result.out;
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("/etc/passwd"), std::string::npos) << result.err;
  EXPECT_LT(result.err.size(), 64u * 1024);
  world.expectNeighbourIsServed(20);
  EXPECT_EQ(world.get(GetParam()).status, 404);
  EXPECT_EQ(world.log().find('\x1b', mark), std::string::npos);
  EXPECT_TRUE(eventually([&world] { return useOf(world.nanod().pid()).zombies == 0; }));
}

INSTANTIATE_TEST_SUITE_P(Acts, RefusedLoadTest,
                         testing::Values("load-silent", "load-exit", "load-throw",
                                         "load-unknown-outcome", "load-huge-error"),
                         [](const auto& row) {
                           std::string name = row.param;
                           for (char& byte : name)
                             if (byte == '-') byte = '_';
                           return name;
                         });

TEST(LoadTest, AnAppThatIsNoneCostsItsWorkerOnly) {
  for (auto& act : {"load-no-app", "load-host-as-app"}) {
    WorkerWorld world;
    world.tryDeploy(act);
    auto response = world.get(act, "/fine");
    EXPECT_TRUE(response.status == 404 || (response.status >= 500 && response.status <= 504))
        << act << " " << response.status;
    world.expectNeighbourIsServed(20);
  }
}

TEST(HeartbeatTest, AWorkerThatDoesNotAnswerItIsReplaced) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("ping-silent"));
  pid_t worker = world.workerOf("ping-silent");
  EXPECT_TRUE(world.waitForLog("worker " + std::to_string(worker) + " is killed: it is stuck"));
  world.expectUnharmed("ping-silent");
}

// W05: an app's worker that always crashes is held back, and nobody else notices.
TEST(CrashLoopTest, IsHeldBackWhileTheNeighbourIsServed) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("exit-0"));
  world.setStartAct("crash-at-load");
  bool isHeldBack = false;
  for (int i = 0; i < 100 && !isHeldBack; i++) {
    auto response = world.get("exit-0");
    expectOursOrBrokenOff(response);
    isHeldBack = response.status == 503;
  }
  EXPECT_TRUE(isHeldBack);
  world.expectNeighbourIsServed(20);
}

std::vector<pid_t> childrenOf(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code gone;
  for (auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
    std::ifstream pids(task.path().string() + "/children");
    for (pid_t child; pids >> child;)
      children.push_back(child);
  }
  return children;
}

// The spare that nanod has seen the sandbox of; 0 where there is none yet.
pid_t readySpare(const Nanod& nanod) {
  auto status = nanod.status();
  for (auto& worker : status.value("workers", nlohmann::json::array())) {
    if (worker.value("cordon", "?").empty() && !worker["sandboxLayers"].empty()) {
      return worker.value("pid", 0);
    }
  }
  return 0;
}

// W28. The moment moves from the first instruction on, through sandbox and hello. Numbers of
// processes wrap, so the spare is not told by its own.
void killSpareWhileItStarts(WorkerWorld& world, std::chrono::microseconds after) {
  pid_t nanod = world.nanod().pid();
  pid_t spare = 0;
  // Only one that is ready takes the wait after failed starts back, which doubles up to 30 s.
  size_t mark = world.mark();
  ASSERT_TRUE(eventually([&world, &spare] { return (spare = readySpare(world.nanod())) != 0; }))
      << world.log().substr(mark);
  auto before = childrenOf(nanod);
  kill(spare, SIGKILL);
  pid_t starting = 0;
  ASSERT_TRUE(eventually([nanod, &before, &starting] {
    for (pid_t child : childrenOf(nanod)) {
      if (std::find(before.begin(), before.end(), child) == before.end()) starting = child;
    }
    return starting != 0;
  })) << world.log().substr(mark);
  auto until = std::chrono::steady_clock::now() + after;
  while (std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  kill(starting, SIGKILL);
}

void killStarts(int count) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  for (int i = 0; i < count; i++) {
    SCOPED_TRACE(i);
    ASSERT_NO_FATAL_FAILURE(
        killSpareWhileItStarts(world, std::chrono::microseconds((i * 7919) % 100'000)));
  }
  world.expectUnharmed("never");
}

TEST(KilledStartTest, LeavesNoZombieAndNoDescriptor) { killStarts(NANO_KILLED_STARTS); }

}  // namespace
}  // namespace nano::test
