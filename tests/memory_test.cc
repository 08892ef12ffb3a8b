// A worker's memory and threads are limited, by cgroups where there are some and by nanod itself
// where there are none, and nothing of that stays behind.

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"
#include "tests/harness/process_cgroup.h"

namespace nano::test {
namespace {

// Beyond what a worker has at its start, and below what the app may have by its own limits.
constexpr char kLittleMemory[] = "--worker-memory-mb=120";
constexpr char kLargeLimits[] =
    R"({"limits": {"heap_mb": 512, "buffers_mb": 512, "cpu_ms": 5000}})";

// 128 KB of heap at a time, each page of it written.
constexpr char kBalloon[] = R"(
const kept = [];
export default {
  fetch(request) {
    if (new URL(request.url).pathname !== '/grow') return new Response('fine');
    for (let i = 0; i < 800; i++) kept.push(new Array(1 << 14).fill(i));
    for (let i = 0; i < 60; i++) kept.push(new Uint8Array(1 << 20).fill(1));
    return new Response('grown');
  },
};)";

bool mayUseCgroups() { return geteuid() == 0 && access("/sys/fs/cgroup", W_OK) == 0; }

std::vector<std::string> weakenedLayers(const Nanod& nanod) {
  return nanod.status().value("weakenedLayers", std::vector<std::string>());
}

bool lacksCgroups(const Nanod& nanod) {
  auto layers = weakenedLayers(nanod);
  return std::find(layers.begin(), layers.end(), "cgroup") != layers.end();
}

// Groups of any nanod of this number.
size_t groupsLeft(pid_t nanod) {
  size_t count = 0;
  auto options = std::filesystem::directory_options::skip_permission_denied;
  std::error_code ignored;
  for (std::filesystem::recursive_directory_iterator entry("/sys/fs/cgroup", options, ignored), end;
       entry != end; entry.increment(ignored)) {
    if (entry->path().filename().string().starts_with("nanod-" + std::to_string(nanod) + "-")) {
      count++;
    }
  }
  return count;
}

void expectOneBalloonToHurtItselfOnly(Nanod& nanod) {
  nanod.deploy("bomb", {{"index.js", kBalloon}, {"nano.jsonc", kLargeLimits}},
               {"--tenant=bad", "--host=bomb.example.test"});
  nanod.deploy("calm", {{"index.js", appThatSays("calm")}},
               {"--tenant=good", "--host=calm.example.test"});
  EXPECT_EQ(nanod.get("calm.example.test").body, "calm");
  EXPECT_EQ(nanod.get("bomb.example.test").body, "fine");
  pid_t neighbour = nanod.workerOf("good");
  pid_t bomb = nanod.workerOf("bad");
  ASSERT_NE(bomb, 0);
  HttpResponse response;
  // Where nanod looks now and then, one request may be answered before it has looked.
  for (int i = 0; i < 50 && response.status != 503; i++)
    response = nanod.get("bomb.example.test", "/grow");
  EXPECT_EQ(response.status, 503) << response.body;
  EXPECT_NE(response.body.find("exceededMemory"), std::string::npos) << response.body;
  EXPECT_NE(nanod.workerOf("bad"), bomb)
      << "the limit of the worker, not of the app, was meant to end it";
  EXPECT_EQ(nanod.get("calm.example.test").body, "calm");
  EXPECT_EQ(nanod.workerOf("good"), neighbour);
  EXPECT_EQ(nanod.get("bomb.example.test").body, "fine");
  EXPECT_EQ(nanod.status().value("workerDeaths", 0), 1);
}

TEST(MemoryTest, AWorkerPastItsLimitIs503ExceededMemoryAndItsNeighbourLives) {
  Nanod nanod({{kLittleMemory}});
  expectOneBalloonToHurtItselfOnly(nanod);
}

TEST(MemoryTest, WithoutCgroupsNanodHoldsWorkersToTheSameLimit) {
  Nanod nanod({{kLittleMemory, "--cgroup=none"}});
  EXPECT_TRUE(lacksCgroups(nanod));
  expectOneBalloonToHurtItselfOnly(nanod);
}

TEST(MemoryTest, RootPutsEveryWorkerIntoAGroupWithItsLimits) {
  Nanod nanod({{"--worker-memory-mb=200", "--worker-cpu-percent=50"}});
  ASSERT_EQ(lacksCgroups(nanod), !mayUseCgroups());
  nanod.deploy("app", {{"index.js", appThatSays("fine")}});
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  pid_t worker = nanod.workerOf("default");
  std::string own = "/nanod-" + std::to_string(nanod.pid()) + "-0/worker-";
  std::string memory = groupOf(worker, "memory");
  EXPECT_EQ(memory.find(own) != std::string::npos, mayUseCgroups()) << memory;
  if (!mayUseCgroups()) return;
  EXPECT_EQ(content(memory + "/memory.limit_in_bytes") + content(memory + "/memory.max"),
            "209715200\n");
  EXPECT_EQ(content(groupOf(worker, "pids") + "/pids.max"), "5\n");
  std::string cpu = groupOf(worker, "cpu");
  EXPECT_TRUE(content(cpu + "/cpu.cfs_quota_us") == "50000\n" ||
              content(cpu + "/cpu.max") == "50000 100000\n")
      << cpu;
}

TEST(MemoryTest, NothingIsLeftWhenNanodEnds) {
  Nanod nanod;
  pid_t pid = nanod.pid();
  EXPECT_EQ(groupsLeft(pid) > 0, mayUseCgroups());
  EXPECT_EQ(nanod.stop(SIGTERM), 0);
  EXPECT_EQ(groupsLeft(pid), 0U);
}

TEST(MemoryTest, NothingIsLeftWhenNanodIsKilled) {
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
  Nanod nanod;
  pid_t pid = nanod.pid();
  nanod.stop(SIGKILL);
  while (waitpid(-1, nullptr, 0) > 0) {  // its workers, and who sweeps after it
  }
  EXPECT_EQ(groupsLeft(pid), 0U);
  nanod.start();
  EXPECT_EQ(nanod.get("nobody.localhost").status, 404);
  pid_t second = nanod.pid();
  EXPECT_EQ(nanod.stop(SIGTERM), 0);
  EXPECT_EQ(groupsLeft(second), 0U);
  prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

TEST(MemoryTest, NanodDoesNotServeWithoutCgroupsUnlessItIsAllowedTo) {
  TestDirectory directory;
  std::vector<std::string> flags = {"--http=127.0.0.1:0", "--admin=" + directory.path() + "/sock",
                                    "--state=" + directory.path(), "--lib-dir=" NANO_LIB_DIR,
                                    "--cgroup=none"};
  if (geteuid() == 0) flags.push_back("--user=nobody");
  auto result = runProgram("nanod", flags);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("--allow-weaker-sandbox=cgroup"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("(it says none)"), std::string::npos) << result.err;
}

TEST(MemoryTest, AGroupWithoutASlashIsRefused) {
  auto result = runProgram("nanod", {"--cgroup=somewhere", "--user=nobody"});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("--cgroup is auto, none or"), std::string::npos) << result.err;
}

TEST(MemoryTest, TooLittleMemoryForAnyWorkerIsRefused) {
  auto result = runProgram("nanod", {"--worker-memory-mb=10", "--user=nobody"});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("--worker-memory-mb must be 96 to"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace nano::test
