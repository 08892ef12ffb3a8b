// What is idle goes, and comes back with its next request.

#include <chrono>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

// Whether it becomes true within a time that no machine should need.
template <typename Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
  }
  return false;
}

std::string appsOf(const Nanod& nanod, const std::string& cordon) {
  auto status = nanod.status();
  for (auto& worker : status["workers"]) {
    if (worker["cordon"] == cordon && !worker["leaving"]) return worker["apps"].dump();
  }
  return "";
}

TEST(UpkeepTest, AnIdleWorkerIsEndedAndTheNextRequestGetsAnother) {
  Nanod nanod({.flags = {"--worker-idle-seconds=1"}});
  nanod.deploy("app", {{"index.js", appThatSays("fine")}});
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  EXPECT_NE(nanod.workerOf("default"), 0);
  EXPECT_TRUE(eventually([&nanod] { return nanod.workerOf("default") == 0; }));
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  EXPECT_EQ(nanod.status().value("workerDeaths", -1), 0) << "it was ended, it did not die";
}

TEST(UpkeepTest, AnIdleAppLeavesAWorkerThatOthersKeepBusy) {
  Nanod nanod({.flags = {"--worker-idle-seconds=1"}});
  nanod.deploy("busy", {{"index.js", appThatSays("busy")}}, {"--tenant=acme"});
  nanod.deploy("idle", {{"index.js", appThatSays("idle")}}, {"--tenant=acme"});
  EXPECT_EQ(nanod.get("busy.acme.localhost").body, "busy");
  EXPECT_EQ(nanod.get("idle.acme.localhost").body, "idle");
  EXPECT_EQ(appsOf(nanod, "acme"), R"(["busy","idle"])");
  const pid_t worker = nanod.workerOf("acme");
  EXPECT_TRUE(eventually([&nanod] {
    return nanod.get("busy.acme.localhost").body == "busy" &&
           appsOf(nanod, "acme") == R"(["busy"])";
  }));
  EXPECT_EQ(nanod.workerOf("acme"), worker);
  EXPECT_EQ(nanod.get("idle.acme.localhost").body, "idle");
}

TEST(UpkeepTest, AWorkerWithoutAppsIsNotKept) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("fine")}});
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  ASSERT_EQ(nanod.nanoctl({"delete", "app"}).exitCode, 0);
  EXPECT_TRUE(eventually([&nanod] { return nanod.workerOf("default") == 0; }));
}

}  // namespace
}  // namespace nano::test
