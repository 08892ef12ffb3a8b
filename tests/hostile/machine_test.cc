// What the machine does to nanod (hostile cases 4.6): a clock that jumps, a log nobody reads, a
// kernel that gives no process, signals without end.

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "tests/hostile/worker_world.h"

namespace nano::test {
namespace {

constexpr char kSlow[] = R"(
export default {
  async fetch() {
    await new Promise((resolve) => setTimeout(resolve, 2500));
    return new Response('in time');
  },
};)";

// S06
TEST(MachineTest, AWallClockThatJumpsMakesNoTimerFire) {
  setenv("LD_PRELOAD", NANO_CLOCK_JUMP, 1);
  // A sanitizer's runtime wants to come first, and does without.
  setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
  auto world = std::make_unique<WorkerWorld>();
  unsetenv("LD_PRELOAD");
  unsetenv("ASAN_OPTIONS");
  world->nanod().deploy("slow", {{"index.js", kSlow}}, {"--host=slow.example.test"});
  RawConnection kept(world->nanod().port());
  std::string request = "GET /?nonce=kept HTTP/1.1\r\nHost: calm.example.test\r\n\r\n";
  kept.send(request);
  EXPECT_TRUE(kept.receiveUntil("kept").ends_with("kept"));
  // Over at least two jumps.
  for (int i = 0; i < 2; i++) {
    auto slow = world->nanod().get("slow.example.test");
    EXPECT_EQ(slow.body, "in time") << slow.status << slow.error;
  }
  world->expectNeighbourIsServed(20);
  kept.send(request);
  EXPECT_TRUE(kept.receiveUntil("kept").ends_with("kept")) << "closed as idle";
  EXPECT_EQ(world->nanod().status().value("workerDeaths", -1), 0);
}

// A worker's death makes nanod write to its log.
void expectServesThroughDeaths(Nanod& nanod) {
  nanod.deploy("app", {{"index.js", appThatSays("fine")}}, {"--host=app.example.test"});
  for (int i = 0; i < 3; i++) {
    EXPECT_EQ(nanod.get("app.example.test").body, "fine");
    pid_t worker = nanod.workerOf("default");
    ASSERT_NE(worker, 0);
    kill(worker, SIGKILL);
    EXPECT_TRUE(eventually([&nanod, worker] { return nanod.workerOf("default") != worker; }));
  }
  EXPECT_EQ(nanod.get("app.example.test").body, "fine");
  EXPECT_TRUE(nanod.isRunning());
}

// S10
TEST(MachineTest, ALogPipeWhoseReaderIsGoneDoesNotStopServing) {
  int ends[2];
  KJ_SYSCALL(pipe2(ends, O_CLOEXEC));
  std::unique_ptr<Nanod> nanod;
  {
    StderrTo log("/proc/self/fd/" + std::to_string(ends[1]));
    nanod = std::make_unique<Nanod>();
  }
  close(ends[0]);
  close(ends[1]);
  expectServesThroughDeaths(*nanod);
}

TEST(MachineTest, AFullLogDiskDoesNotStopServing) {
  std::unique_ptr<Nanod> nanod;
  {
    StderrTo log("/dev/full");
    nanod = std::make_unique<Nanod>();
  }
  expectServesThroughDeaths(*nanod);
}

// S17
TEST(MachineTest, WhileTheKernelGivesNoProcessWhatRunsIsServed) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  pid_t nanod = world.nanod().pid();
  rlimit before;
  KJ_SYSCALL(prlimit(nanod, RLIMIT_NPROC, nullptr, &before));
  rlimit none{1, before.rlim_max};
  KJ_SYSCALL(prlimit(nanod, RLIMIT_NPROC, &none, nullptr));
  size_t mark = world.mark();
  // Its place is taken by the spare, and the next one by nobody.
  for (int i = 0; i < 2; i++) {
    pid_t worker = world.workerOf("never");
    if (worker == 0) break;
    kill(worker, SIGKILL);
    EXPECT_TRUE(eventually([&world, worker] { return world.workerOf("never") != worker; }));
    world.get("never", "/fine");
  }
  EXPECT_TRUE(world.waitForLog("a worker cannot be started", mark));
  auto refused = world.get("never", "/fine");
  EXPECT_EQ(refused.status, 503) << refused.body;
  world.expectNeighbourIsServed(50);
  KJ_SYSCALL(prlimit(nanod, RLIMIT_NPROC, &before, nullptr));
  world.expectUnharmed("never");
}

// S21
TEST(MachineTest, StormsOfHarmlessSignalsHarmNothing) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  for (int i = 0; i < 20'000; i++) {
    kill(world.nanod().pid(), i % 2 == 0 ? SIGPIPE : SIGCHLD);
  }
  world.expectUnharmed("never");
}

// S13, S14: the second nanod and wrong flags are in nanod_test.cc; S02 in crash_deploy_test.cc.

TEST(MachineTest, ALibDirectoryWithoutItsFilesIsNamedAtStart) {
  TestDirectory empty;
  std::vector<std::string> flags = {"--http=127.0.0.1:0", "--lib_dir=" + empty.path()};
  if (geteuid() == 0) flags.push_back("--user=nobody");
  auto result = runProgram("nanod", flags);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find(empty.path() + "/engine"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace nano::test
