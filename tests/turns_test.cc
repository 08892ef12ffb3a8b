// A worker that computes for long lets those go first that answer at once.

#include <unistd.h>

#include <future>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"
#include "tests/harness/process_cgroup.h"

namespace nano::test {
namespace {

// Three seconds of CPU time in one turn, well within its limits.
constexpr char kComputes[] = R"(
export default {
  fetch(request) {
    if (new URL(request.url).pathname !== '/compute') return new Response('fine');
    const end = Date.now() + 3000;
    while (Date.now() < end);
    return new Response('computed');
  },
};)";
constexpr char kLimits[] =
    R"({"limits": {"cpu_ms": 20000, "cpu_average_ms": 20000, "block_ms": 20000}})";

// "0" or "1"; empty where the kernel has no such thing.
std::string isIdle(pid_t worker) {
  return content(groupOf(worker, "cpu") + "/cpu.idle").substr(0, 1);
}

// Asks for nothing meanwhile: the heartbeat finds out by itself.
bool becomes(pid_t worker, const std::string& wanted) {
  for (int i = 0; i < 400; i++) {
    if (isIdle(worker) == wanted) return true;
    usleep(25'000);
  }
  return false;
}

TEST(TurnsTest, AWorkerInALongTurnIsIdleToTheSchedulerAndNotAfterwards) {
  Nanod nanod;
  nanod.deploy("computes", {{"index.js", kComputes}, {"nano.jsonc", kLimits}},
               {"--tenant=slow", "--host=slow.example.test"});
  nanod.deploy("calm", {{"index.js", appThatSays("calm")}},
               {"--tenant=good", "--host=calm.example.test"});
  EXPECT_EQ(nanod.get("slow.example.test").body, "fine");
  EXPECT_EQ(nanod.get("calm.example.test").body, "calm");
  const pid_t slow = nanod.workerOf("slow");
  const pid_t calm = nanod.workerOf("good");
  if (isIdle(slow).empty()) {
    EXPECT_TRUE(geteuid() != 0 || access("/sys/fs/cgroup/cpu/cpu.idle", F_OK) != 0)
        << "root has this kernel's cpu.idle, and nanod does not use it";
    return;
  }
  EXPECT_TRUE(becomes(slow, "0")) << "a second after its start";
  EXPECT_TRUE(becomes(calm, "0"));
  auto answer = std::async(std::launch::async,
                           [&nanod] { return nanod.get("slow.example.test", "/compute"); });
  EXPECT_TRUE(becomes(slow, "1"));
  EXPECT_EQ(nanod.get("calm.example.test").body, "calm");
  EXPECT_EQ(isIdle(calm), "0");
  EXPECT_EQ(answer.get().body, "computed");
  EXPECT_TRUE(becomes(slow, "0"));
}

}  // namespace
}  // namespace nano::test
