// What reaches an app beside requests: cron triggers and scheduled(); service-worker syntax, source
// maps and compatibility flags on their way from a folder to what the app does.

#include <signal.h>

#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "supervisor/compatibility/flag_table.h"
#include "tests/harness/nanod.h"
#include "tests/harness/preloaded.h"
#include "tests/hostile/neighbour.h"

namespace nano::test {
namespace {

using Files = std::map<std::string, std::string>;

constexpr char kTriggers[] = R"({"triggers": {"crons": ["0 0 1 1 *"]}})";
constexpr char kCall[] = "/__scheduled?cron=*%2F5+*+*+*+MON";

Files scheduling(const std::string& body, const std::string& config = "{}") {
  return {{"index.js", "export default {\n  async scheduled(controller, env, ctx) { " + body +
                           " },\n  fetch() { return new Response('fetched') }\n};\n"},
          {"wrangler.jsonc", config}};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class EventsTest : public testing::Test {
 protected:
  std::string logsOf(const std::string& app) { return nanod_.nanoctl({"logs", app, "--json"}).out; }
  HttpResponse callScheduled(const std::string& app) {
    return nanod_.get(app + ".localhost", kCall);
  }

  Nanod nanod_{{.flags = {"--test-scheduled"}}};
};

TEST_F(EventsTest, ScheduledIsCalledWithItsCron) {
  nanod_.deploy("app", scheduling("console.log('ran', controller.cron)"));
  auto response = callScheduled("app");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body, "Ran scheduled event");
  EXPECT_TRUE(contains(logsOf("app"), "ran */5 * * * MON")) << logsOf("app");
  EXPECT_EQ(nanod_.get("app.localhost").body, "fetched");
  auto metrics = nanod_.nanoctl({"metrics"}).out;
  EXPECT_TRUE(contains(metrics, "nano_scheduled_total{outcome=\"ok\"} 1\n")) << metrics;
  auto without = nanod_.tryDeploy(
      "fetches", {{"index.js", "export default { fetch() {} };"}, {"wrangler.jsonc", kTriggers}});
  EXPECT_EQ(without.exitCode, 0) << without.err;
  EXPECT_TRUE(contains(without.err, "'index.js' has no scheduled()")) << without.err;
}

TEST_F(EventsTest, AFailureIsAnOutcomeALogLineAndAMetric) {
  nanod_.deploy("app", scheduling("ctx.waitUntil(Promise.reject(new Error('broken')))"));
  auto response = nanod_.get("app.localhost", "/cdn-cgi/handler/scheduled?cron=x&format=json");
  EXPECT_EQ(response.status, 500);
  EXPECT_TRUE(contains(response.body, "\"outcome\":\"exception\"")) << response.body;
  EXPECT_TRUE(contains(response.body, "\"error\":\"Error: broken\\n    at ")) << response.body;
  EXPECT_TRUE(contains(logsOf("app"), "Error: broken"));
  EXPECT_TRUE(
      contains(nanod_.nanoctl({"metrics"}).out, "nano_scheduled_total{outcome=\"exception\"} 1\n"));
}

TEST_F(EventsTest, OneThatSpinsIsEndedAndItsNeighboursAreServed) {
  deployNeighbour(nanod_);
  nanod_.deploy("spins", scheduling("for (;;);"));
  // V8 does not stop this one: its process is killed.
  nanod_.deploy("stuck", scheduling("let z; for (;;) { z = new Array(1000); }"));
  NeighbourWatch watch(nanod_);
  auto response = callScheduled("spins");
  EXPECT_EQ(response.status, 500);
  EXPECT_TRUE(response.body.starts_with("exceededCpu\n")) << response.body;
  response = callScheduled("stuck");
  EXPECT_EQ(response.status, 500);
  EXPECT_TRUE(response.body.starts_with("exceededCpu\n") ||
              response.body.starts_with("workerDied\n"))
      << response.body;
  watch.stop();
  EXPECT_EQ(watch.firstWrong(), "");
  EXPECT_GT(watch.asked(), 0U);
  EXPECT_EQ(nanod_.get("spins.localhost").body, "fetched");
}

TEST_F(EventsTest, TriggersAreTheAppsAndSurviveARestart) {
  const std::string with = R"({"triggers": {"crons": ["0 0 1 1 *", "30 4 LW * *"]}})";
  nanod_.deploy("app", scheduling("", with));
  EXPECT_TRUE(contains(nanod_.nanoctl({"list"}).out, "cron 0 0 1 1 *, cron 30 4 LW * *"));
  // A version that says nothing of them leaves them; an empty list takes them away.
  nanod_.deploy("app", scheduling("1"));
  nanod_.stop(SIGKILL);
  nanod_.start();
  EXPECT_TRUE(contains(nanod_.nanoctl({"list"}).out, "cron 0 0 1 1 *"));
  nanod_.deploy("app", scheduling("", R"({"triggers": {"crons": []}})"));
  EXPECT_FALSE(contains(nanod_.nanoctl({"list"}).out, "cron"));
}

TEST_F(EventsTest, ABadExpressionIsRefusedWithItsPlace) {
  auto result =
      nanod_.tryDeploy("app", scheduling("", R"({"triggers": {"crons": ["0 25 * * *"]}})"));
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_TRUE(contains(result.err, "'0 25 * * *' is wrong at character 3, in its hours"))
      << result.err;
}

TEST_F(EventsTest, AClassicScriptIsAnApp) {
  nanod_.deploy("app",
                {{"index.js",
                  "addEventListener('fetch', event => event.respondWith(new Response(WORD)));\n"
                  "addEventListener('scheduled', event => console.log('heard', event.cron));\n"}},
                {"--var=WORD=hello"});
  EXPECT_EQ(nanod_.get("app.localhost").body, "hello");
  EXPECT_EQ(callScheduled("app").status, 200);
  EXPECT_TRUE(contains(logsOf("app"), "heard */5 * * * MON"));
  auto result = nanod_.tryDeploy("app", {{"index.js", "const nothing = 1;\n"}});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_TRUE(contains(result.err, "has no default export and has added no listener"))
      << result.err;
  EXPECT_EQ(nanod_.get("app.localhost").body, "hello");
}

constexpr char kThrows[] =
    "import { fail } from './fail';\n"
    "interface Wanted { url: string }\n"
    "export default { fetch(request: Wanted): Response { return fail(request.url); } };\n";
constexpr char kFails[] =
    "export type Never = never;\n"
    "\n"
    "export function fail(url: string): Response {\n"
    "  throw new Error(`no ${url}`);\n"
    "}\n";

TEST_F(EventsTest, StacksNameTheSourcesWhereMapsAreUploaded) {
  Files files = {{"src/index.ts", kThrows}, {"src/fail.ts", kFails}};
  nanod_.deploy("app", files);
  EXPECT_EQ(nanod_.get("app.localhost").status, 500);
  EXPECT_TRUE(contains(logsOf("app"), "index.js:"));
  files["wrangler.jsonc"] = R"({"upload_source_maps": true})";
  nanod_.deploy("mapped", files);
  EXPECT_EQ(nanod_.get("mapped.localhost").status, 500);
  EXPECT_TRUE(contains(logsOf("mapped"), "src/fail.ts:4:9")) << logsOf("mapped");
  EXPECT_TRUE(contains(logsOf("mapped"), "src/index.ts:3:")) << logsOf("mapped");
  files["src/fail.ts"] = "const config: any = undefined;\nexport const fail = config.fail;\n";
  auto result = nanod_.tryDeploy("mapped", files);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_TRUE(contains(result.err, "src/fail.ts:2:28")) << result.err;
  EXPECT_TRUE(contains(result.err, "export const fail = config.fail;")) << result.err;
}

TEST_F(EventsTest, CompatibilityDatesAndFlagsAreReadCheckedAndHonoured) {
  const Files app = {
      {"index.js", "export default { fetch: () => new Response(typeof navigator) };\n"}};
  auto with = [&app](const std::string& config) {
    Files files = app;
    files["wrangler.jsonc"] = config;
    return files;
  };
  nanod_.deploy("app", with(R"({"compatibility_date": "2026-08-01"})"));
  EXPECT_EQ(nanod_.get("app.localhost").body, "object");
  auto result = nanod_.tryDeploy("app", with(R"({"compatibility_date": "2022-01-01"})"));
  EXPECT_EQ(result.exitCode, 0) << result.err;
  EXPECT_TRUE(contains(result.err, "nano behaves as Workers of later dates in ")) << result.err;
  EXPECT_EQ(nanod_.get("app.localhost").body, "undefined");
  for (const char* config :
       {R"({"compatibility_date": "2999-01-01"})", R"({"compatibility_flags": ["no_such_flag"]})",
        R"({"compatibility_flags": ["url_standard", "url_original"]})"}) {
    EXPECT_EQ(nanod_.tryDeploy("app", with(config)).exitCode, 1) << config;
  }
}

TEST_F(EventsTest, EveryHonouredFlagIsKnownToTheBuiltIns) {
  nlohmann::json flags;
  for (const CompatibilityFlag& flag : compatibilityFlagTable()) {
    const bool isHonoured = flag.treatment == FlagTreatment::kHonoured ||
                            flag.treatment == FlagTreatment::kHonouredWithDate;
    if (isHonoured) flags.push_back(flag.enable);
  }
  ASSERT_FALSE(flags.empty());
  const nlohmann::json config = {{"compatibility_flags", flags}};
  auto result = nanod_.tryDeploy(
      "app", {{"index.js", "export default { fetch: () => new Response('loaded') };\n"},
              {"wrangler.jsonc", config.dump()}});
  EXPECT_EQ(result.exitCode, 0) << result.err;
  EXPECT_EQ(nanod_.get("app.localhost").body, "loaded");
}

// Its moment is about a second after a minute begins.
constexpr char kEarly[] = "clock";

TEST(ScheduledPathTest, IsTheAppsOwnWithoutTheFlag) {
  Nanod nanod;
  nanod.deploy("app", scheduling("console.log('ran')"));
  EXPECT_EQ(nanod.get("app.localhost", kCall).body, "fetched");
}

TEST(CronTest, ATriggerIsBegunWhenItsMinuteIsThere) {
  std::optional<Preloaded> preloaded(NANO_SHIFTED_CLOCK);
  Nanod nanod({.flags = {"--frontends=2"}});
  preloaded.reset();
  nanod.deploy(kEarly, scheduling("console.log('due', controller.cron, "
                                  "controller.scheduledTime % 60000)",
                                  R"({"triggers": {"crons": ["* * * * *"]}})"));
  RunningProgram logs(programPath("nanoctl"),
                      {"logs", kEarly, "--follow", "--admin=" + nanod.admin()});
  EXPECT_TRUE(contains(logs.readLine(), "due * * * * * 0"));
}

}  // namespace
}  // namespace nano::test
