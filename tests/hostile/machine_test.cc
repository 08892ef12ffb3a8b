// What the machine does to nanod (hostile cases 4.6): a clock that jumps, a log nobody reads, a
// kernel that gives no process, signals without end.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "tests/harness/preloaded.h"
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

// Begins an answer and never ends it.
constexpr char kEndless[] = R"(
export default {
  fetch() {
    return new Response(new ReadableStream({
      start(controller) { controller.enqueue(new TextEncoder().encode('begun')); },
      pull() { return new Promise(() => {}); },
    }));
  },
};)";

std::unique_ptr<WorkerWorld> worldWith(const char* library) {
  Preloaded preloaded(library);
  return std::make_unique<WorkerWorld>();
}

// S06
TEST(MachineTest, AWallClockThatJumpsMakesNoTimerFire) {
  auto world = worldWith(NANO_CLOCK_JUMP);
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
  TestDirectory directory;
  std::string noProcess = directory.path() + "/no_process";
  setenv("NANO_NO_PROCESS", noProcess.c_str(), 1);
  auto world = worldWith(NANO_NO_PROCESS);
  unsetenv("NANO_NO_PROCESS");
  ASSERT_NO_FATAL_FAILURE(world->deploy("never"));
  directory.write("no_process", "");
  size_t mark = world->mark();
  // Its place is taken by the spare, and the next one by nobody.
  for (int i = 0; i < 2; i++) {
    pid_t worker = world->workerOf("never");
    if (worker == 0) break;
    kill(worker, SIGKILL);
    EXPECT_TRUE(eventually([&world, worker] { return world->workerOf("never") != worker; }));
    world->get("never", "/fine");
  }
  EXPECT_TRUE(world->waitForLog("a worker cannot be started", mark));
  auto refused = world->get("never", "/fine");
  EXPECT_EQ(refused.status, 503) << refused.body;
  world->expectNeighbourIsServed(50);
  ASSERT_EQ(unlink(noProcess.c_str()), 0);
  world->expectUnharmed("never");
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

// S09
TEST(MachineTest, AFullStateDiskRefusesDeploysAndNothingElse) {
  Nanod::Options options;
  options.stateBytes = 512 << 10;
  Nanod nanod(options);
  std::string says = appThatSays("the first");
  nanod.deploy("app", {{"index.js", says}}, {"--host=app.example.test"});
  std::string large = appThatSays("the second") + "//" + std::string(1 << 20, 'x');
  for (int i = 0; i < 3; i++) {
    auto refused = nanod.tryDeploy("app", {{"index.js", large}}, {"--host=app.example.test"});
    EXPECT_EQ(refused.exitCode, 1) << refused.out;
    EXPECT_NE(refused.err.find("No space left on device"), std::string::npos) << refused.err;
    EXPECT_EQ(nanod.get("app.example.test").body, "the first");
  }
  EXPECT_TRUE(nanod.isRunning());
  // What could not be written has left nothing.
  nanod.deploy("app", {{"index.js", appThatSays("the third")}}, {"--host=app.example.test"});
  EXPECT_EQ(nanod.get("app.example.test").body, "the third");
  EXPECT_EQ(nanod.stop(SIGKILL), 128 + SIGKILL);
}

// S15: somebody else's processes, which know nothing of weights and turns.
TEST(MachineTest, AMachineWhoseCpusAreTakenIsSlowAndNothingElse) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  std::vector<std::unique_ptr<RunningProgram>> others;
  for (unsigned i = 0; i < 4 * std::max(1u, std::thread::hardware_concurrency()); i++) {
    others.push_back(std::make_unique<RunningProgram>(
        "/bin/sh", std::vector<std::string>{"-c", "while :; do :; done"}));
  }
  world.expectNeighbourIsServed(200);
  for (int i = 0; i < 20; i++)
    EXPECT_EQ(world.get("never", "/fine").status, 200);
  EXPECT_EQ(world.nanod().status().value("workerDeaths", -1), 0);
  others.clear();
  world.expectUnharmed("never");
}

// As the kernel writes it.
void sayMemory(const TestDirectory& directory, int availableMb) {
  directory.write("meminfo", "MemTotal:       16777216 kB\nMemAvailable:   " +
                                 std::to_string(availableMb << 10) + " kB\n");
}

// S16
TEST(MachineTest, WhenTheMachineIsShortOfMemoryWhatIsIdleGoesAndWhatIsAtWorkStays) {
  TestDirectory directory;
  sayMemory(directory, 8192);
  Nanod::Options options;
  options.machineMemory = directory.path() + "/meminfo";
  Nanod nanod(options);
  const std::string limits = R"({"limits": {"wait_until_ms": 1}})";
  nanod.deploy("idle", {{"index.js", appThatSays("idle")}, {"nano.jsonc", limits}},
               {"--tenant=a", "--host=idle.example.test"});
  nanod.deploy("busy", {{"index.js", kEndless}, {"nano.jsonc", limits}},
               {"--tenant=b", "--host=busy.example.test"});
  EXPECT_EQ(nanod.get("idle.example.test").body, "idle");
  RawConnection busy(nanod.port());
  busy.send("GET / HTTP/1.1\r\nHost: busy.example.test\r\n\r\n");
  EXPECT_TRUE(busy.receiveUntil("begun").ends_with("begun"));
  const pid_t worker = nanod.workerOf("b");
  EXPECT_NE(nanod.workerOf("a"), 0) << "idle, and there is memory enough";
  sayMemory(directory, 100);
  EXPECT_TRUE(eventually([&nanod] { return nanod.workerOf("a") == 0; }));
  EXPECT_EQ(nanod.workerOf("b"), worker);
  EXPECT_EQ(nanod.get("idle.example.test").body, "idle") << "a new worker, while it is needed";
  EXPECT_EQ(nanod.status().value("workerDeaths", -1), 0);
}

// S11
TEST(MachineTest, AMissingDevNullIsNamedAtStart) {
  std::vector<std::string> flags = {"size=64k", "/dev", programPath("nanod"), "--http=127.0.0.1:0",
                                    "--lib-dir=" NANO_LIB_DIR};
  if (geteuid() == 0) flags.push_back("--user=nobody");
  auto result = runProgram("nano_with_mount", flags);
  EXPECT_EQ(result.exitCode, 1) << result.out;
  EXPECT_NE(result.err.find("cannot open /dev/null: No such file or directory"), std::string::npos)
      << result.err;
  EXPECT_EQ(result.err.find("make build"), std::string::npos)
      << "that does not help: " << result.err;
}

// S13, S14: the second nanod and wrong flags are in nanod_test.cc; S02 in crash_deploy_test.cc.

TEST(MachineTest, ALibDirectoryWithoutItsFilesIsNamedAtStart) {
  TestDirectory empty;
  std::vector<std::string> flags = {"--http=127.0.0.1:0", "--lib-dir=" + empty.path()};
  if (geteuid() == 0) flags.push_back("--user=nobody");
  auto result = runProgram("nanod", flags);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find(empty.path() + "/engine"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace nano::test
