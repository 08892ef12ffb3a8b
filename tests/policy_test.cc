// The operator's policy, and the metrics, through nanod and nanoctl.

#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

using nlohmann::json;

json limitsOf(const Nanod& nanod, const std::string& app) {
  return json::parse(nanod.nanoctl({"limits", app, "--json"}).out, nullptr, false);
}

// "VALUE SOURCE" of one limit.
std::string said(const Nanod& nanod, const std::string& app, const std::string& key) {
  json limits = limitsOf(nanod, app);
  for (auto& limit : limits.value("limits", json::array())) {
    if (limit["key"] == key)
      return limit["value"].dump() + " " + limit["source"].get<std::string>();
  }
  return "no " + key;
}

class PolicyTest : public testing::Test {
 protected:
  Nanod::Options withPolicy(const std::string& text) {
    directory_.write("policy.jsonc", text);
    Nanod::Options options;
    options.flags = {"--policy=" + directory_.path() + "/policy.jsonc"};
    return options;
  }
  TestDirectory directory_;
};

TEST_F(PolicyTest, ADeployIsHeldToTheOperatorsMaximum) {
  Nanod nanod(withPolicy(R"({"maxima": {"cpu_ms": 400}, "defaults": {"heap_mb": 64}})"));
  auto refused = nanod.tryDeploy(
      "shop", {{"index.js", appThatSays("x")}, {"nano.jsonc", R"({"limits": {"cpu_ms": 401}})"}});
  EXPECT_EQ(refused.exitCode, 1);
  EXPECT_NE(refused.err.find("limits.cpu_ms: the app asks for 401 ms"), std::string::npos)
      << refused.err;
  nanod.deploy("shop", {{"index.js", appThatSays("x")},
                        {"wrangler.jsonc", R"({"limits": {"cpu_ms": 300}})"},
                        {"nano.jsonc", R"({"isolation": "app"})"}});
  EXPECT_EQ(nanod.get("shop.localhost").body, "x");
  EXPECT_NE(nanod.workerOf("default/shop"), 0);
  EXPECT_EQ(said(nanod, "shop", "cpu_ms"), "300 app");
  EXPECT_EQ(said(nanod, "shop", "block_ms"), "300 as cpu_ms");
  EXPECT_EQ(said(nanod, "shop", "heap_mb"), "64 operator: defaults");
  auto table = nanod.nanoctl({"limits", "shop"});
  EXPECT_NE(table.out.find("CPU time of one request"), std::string::npos) << table.out;
  EXPECT_EQ(nanod.nanoctl({"limits", "blog"}).exitCode, 1);
}

// Hostile case S04.
TEST_F(PolicyTest, IsReadAgainAtSighupUnlessItIsBroken) {
  Nanod nanod(withPolicy("{}"));
  nanod.deploy("shop", {{"index.js", appThatSays("x")}});
  EXPECT_EQ(nanod.get("shop.localhost").body, "x");
  EXPECT_EQ(said(nanod, "shop", "cpu_ms"), "1000 built-in");
  directory_.write("policy.jsonc", "{");
  ASSERT_EQ(kill(nanod.pid(), SIGHUP), 0);
  EXPECT_EQ(said(nanod, "shop", "cpu_ms"), "1000 built-in");
  directory_.write("policy.jsonc", R"({"tenants": {"default": {"isolation": "app",
                                      "apps": {"shop": {"cpu_ms": 700}}}}})");
  ASSERT_EQ(kill(nanod.pid(), SIGHUP), 0);
  // nanod answers the signal in its own time; each look is a process, so this is no busy loop.
  std::string now;
  for (int i = 0; i < 1000 && now != "700 operator: tenants.default.apps.shop"; ++i)
    now = said(nanod, "shop", "cpu_ms");
  EXPECT_EQ(now, "700 operator: tenants.default.apps.shop");
  // Published a moment later than it is shown.
  for (int i = 0; i < 1000 && nanod.workerOf("default/shop") == 0; ++i)
    EXPECT_EQ(nanod.get("shop.localhost").body, "x");
  EXPECT_NE(nanod.workerOf("default/shop"), 0);
}

// Hostile case S14.
TEST_F(PolicyTest, ABrokenPolicyIsNotStartedWith) {
  directory_.write("policy.jsonc", "{\n\"maxima\": {\n\"heap\": 1}}");
  std::vector<std::string> flags = {"--policy=" + directory_.path() + "/policy.jsonc",
                                    "--http=127.0.0.1:0", "--lib_dir=" NANO_LIB_DIR};
  if (geteuid() == 0) flags.push_back("--user=nobody");
  auto result = runProgram("nanod", flags);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("policy.jsonc:3: maxima: nanod does not know the key 'heap'"),
            std::string::npos)
      << result.err;
}

TEST_F(PolicyTest, NanoctlShowsTheMetrics) {
  Nanod nanod;
  nanod.deploy("shop", {{"index.js", appThatSays("x")}});
  nanod.get("shop.localhost");
  auto metrics = nanod.nanoctl({"metrics"});
  EXPECT_EQ(metrics.exitCode, 0) << metrics.err;
  EXPECT_NE(metrics.out.find("\nnano_answered_total 1\n"), std::string::npos) << metrics.out;
  EXPECT_NE(metrics.out.find("\nnano_apps 1\n"), std::string::npos) << metrics.out;
}

}  // namespace
}  // namespace nano::test
