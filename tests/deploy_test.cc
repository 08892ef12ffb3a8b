// Deploys: what is refused leaves the live version, what is accepted is live at once and for good.

#include <signal.h>

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

TEST(DeployTest, ASyntaxErrorIsRefusedWithItsPlaceAndTheLiveVersionStays) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("good")}});
  auto result =
      nanod.tryDeploy("app", {{"index.js", "export default {\n  fetch( { return 1; }\n};"}});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("index.js:2"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("fetch( { return 1; }"), std::string::npos) << result.err;
  EXPECT_EQ(nanod.get("app.localhost").body, "good");
}

TEST(DeployTest, AThrowAtTopLevelIsRefusedWithFileLineAndExcerpt) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("good")}});
  auto result =
      nanod.tryDeploy("app", {{"index.js", "import './part.js';\nexport default {};"},
                              {"part.js", "const config = undefined;\nconfig.missing();"}});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("part.js:2:8"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("config.missing();"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("TypeError"), std::string::npos) << result.err;
  EXPECT_EQ(nanod.get("app.localhost").body, "good");
}

TEST(DeployTest, AnAppThatNeverFinishesStartingIsRefused) {
  Nanod nanod;
  auto result = nanod.tryDeploy("app", {{"index.js", "for (;;) {}\nexport default {};"}});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("CPU"), std::string::npos) << result.err;
}

TEST(DeployTest, AKeyThatNanoDoesNotHonourIsNamed) {
  Nanod nanod;
  auto result = nanod.tryDeploy("app", {{"index.js", appThatSays("x")},
                                        {"wrangler.toml",
                                         "name = \"app\"\n[[kv_namespaces]]\n"
                                         "binding = \"KV\"\nid = \"1\"\n"}});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("wrangler.toml: `kv_namespaces`: nano has no such thing"),
            std::string::npos)
      << result.err;
  // What nanod refuses is named as the user wrote it.
  const std::pair<const char*, const char*> refused[] = {
      {"[limits]\ncpu = 1\n", "wrangler.toml: `limits.cpu` is no limit"},
      {"[triggers]\ncrons = ['x']\n", "wrangler.toml: `triggers.crons`: the cron expression 'x'"},
      {"route = 'http://a.test'\n", "wrangler.toml: `route`: the route 'http://a.test' has a"},
      {"[vars]\na-b = 1\n", "wrangler.toml: `vars`: 'a-b' cannot be a name in `env`"},
      {"services = [{ binding = 'B', service = 'no' }]\n", "wrangler.toml: `services`: Could not"},
      {"compatibility_flags = ['no']\n", "wrangler.toml: `compatibility_flags`: there is no"},
  };
  for (auto& [config, words] : refused) {
    result = nanod.tryDeploy("app", {{"index.js", appThatSays("x")}, {"wrangler.toml", config}});
    EXPECT_NE(result.err.find(words), std::string::npos) << config << result.err;
  }
}

TEST(DeployTest, TypeScriptIsBundled) {
  Nanod nanod;
  nanod.deploy("app", {{"src/index.ts",
                        "import { greet } from './greet';\n"
                        "export default { fetch: () => new Response(greet('ts')) };"},
                       {"src/greet.ts",
                        "export function greet(name: string): string { return `hi ${name}`; }"}});
  EXPECT_EQ(nanod.get("app.localhost").body, "hi ts");
}

TEST(DeployTest, ANewVersionUnderLoadLosesNoRequestAndIsLiveWhenOkIsSaid) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("version 0")}});
  std::atomic<bool> stop{false};
  std::atomic<int> answered{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; i++) {
    clients.emplace_back([&nanod, &stop, &answered, &failed] {
      while (!stop) {
        auto response = nanod.get("app.localhost");
        bool whole = response.status == 200 && response.body.starts_with("version ");
        (whole ? answered : failed)++;
      }
    });
  }
  for (int version = 1; version <= 10; version++) {
    std::string text = "version " + std::to_string(version);
    nanod.deploy("app", {{"index.js", appThatSays(text)}});
    EXPECT_EQ(nanod.get("app.localhost").body, text);
  }
  stop = true;
  for (auto& client : clients)
    client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(answered, 0);
}

TEST(DeployTest, WhatIsDeployedSurvivesAKillAndTheLogOfTheAppsIsListed) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("kept")}}, {"--host=kept.example.test"});
  EXPECT_EQ(nanod.stop(SIGKILL), 128 + SIGKILL);
  nanod.start();
  EXPECT_EQ(nanod.get("kept.example.test").body, "kept");
  auto list = nanod.nanoctl({"list"}).out;
  EXPECT_NE(list.find("app"), std::string::npos);
  EXPECT_NE(list.find("kept.example.test"), std::string::npos) << list;
}

TEST(DeployTest, ADeletedAppIsGone) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("here")}});
  EXPECT_EQ(nanod.nanoctl({"delete", "app"}).exitCode, 0);
  EXPECT_EQ(nanod.get("app.localhost").status, 404);
  auto again = nanod.nanoctl({"delete", "app"});
  EXPECT_EQ(again.exitCode, 1);
  EXPECT_NE(again.err.find("app"), std::string::npos) << again.err;
}

TEST(DeployTest, NanoctlSaysWhatToDoWhenNobodyListens) {
  auto result = runProgram("nanoctl", {"list", "--admin=/nonexistent/admin.sock"});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("/nonexistent/admin.sock"), std::string::npos);
  EXPECT_NE(result.err.find("is it running"), std::string::npos);
}

}  // namespace
}  // namespace nano::test
