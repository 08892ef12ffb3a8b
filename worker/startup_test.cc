// How loading an app can end: worker/app_isolate.h.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using StartupTest = WorkerTest;

TEST_F(StartupTest, ShowsWhereTheSyntaxIsWrong) {
  TestApp app = load("const a = 1;\nexport default {\n  fetch( { return 1 }\n};");
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_TRUE(app.message.starts_with("SyntaxError: ")) << app.message;
  EXPECT_EQ(app.file, "index.js");
  EXPECT_EQ(app.line, 3u);
  EXPECT_EQ(app.sourceLine, "  fetch( { return 1 }");
}

TEST_F(StartupTest, ShowsWhereTheTopLevelThrows) {
  TestApp app = load("function fail() {\n  throw new RangeError('not today');\n}\nfail();");
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_EQ(app.message, "RangeError: not today");
  EXPECT_EQ(app.file, "index.js");
  EXPECT_EQ(app.line, 2u);
  EXPECT_EQ(app.column, 9u);
  EXPECT_EQ(app.sourceLine, "  throw new RangeError('not today');");
  EXPECT_EQ(app.stack, "    at fail (index.js:2:9)\n    at index.js:4:1");
}

TEST_F(StartupTest, WaitsForTopLevelAwait) {
  TestApp app = load(
      "const text = await new Promise(resolve => setTimeout(() => resolve('waited'), 10));"
      "export default { fetch() { return new Response(text); } }");
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.fetch().body, "waited");
}

TEST_F(StartupTest, ShowsWhereTopLevelAwaitWaitsForNothing) {
  TestApp app = load("const a = 1;\nawait new Promise(() => {});\nexport default {};");
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_EQ(app.message, "top-level await waits for something that never happens");
  EXPECT_EQ(app.line, 2u);
  EXPECT_EQ(app.sourceLine, "await new Promise(() => {});");
}

TEST_F(StartupTest, ReportsARejectedTopLevelAwaitOnce) {
  TestApp app = load("await 1;\nawait Promise.reject(new TypeError('no'));\nexport default {};");
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_EQ(app.message, "TypeError: no");
  EXPECT_EQ(app.line, 2u);
  EXPECT_EQ(app.allLines(), "");
}

TEST_F(StartupTest, StopsModulesThatUseTooMuchCpuTime) {
  TestApp app = load(TestVersion{.modules = {{"index.js", "for (;;) {}"}},
                                 .limits = testLimits(rpc::Limit::STARTUP_CPU, 50)});
  EXPECT_EQ(app.outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.breach.limit, rpc::Limit::STARTUP_CPU);
  EXPECT_TRUE(app.message.starts_with(
      "evaluating the modules was stopped: limits.startup_cpu_ms: 50 ms allowed, 5"))
      << app.message;
}

TEST_F(StartupTest, StopsModulesThatUseTooMuchMemory) {
  TestVersion version =
      TestVersion::of("const all = []; for (;;) all.push(JSON.parse('[1,2,3,4,5,6]'))");
  version.limits.set(rpc::Limit::HEAP, 32);
  version.limits.set(rpc::Limit::STARTUP_CPU, 5000);
  TestApp app = load(version);
  EXPECT_EQ(app.outcome, rpc::Outcome::EXCEEDED_MEMORY);
  EXPECT_EQ(app.breach.limit, rpc::Limit::HEAP);
}

TEST_F(StartupTest, AsksForADefaultExport) {
  TestApp app = load("export const fetch = () => 1;");
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_TRUE(app.message.starts_with("index.js has no default export with a handler"))
      << app.message;
}

TEST_F(StartupTest, RefusesAVersionWithoutItsMainModule) {
  auto request = worker().loadRequest();
  request.initVersion().setMainModule("none.js");
  request.setHost(kj::heap<TestHost>());
  auto response = loop_.run(kj::Promise<capnp::Response<rpc::Worker::LoadResults>>(request.send()));
  EXPECT_EQ(response.getOutcome(), rpc::Outcome::STARTUP_FAILED);
  EXPECT_FALSE(response.hasApp());
}

TEST_F(StartupTest, LeavesTheWorkerWellAfterAFailure) {
  EXPECT_EQ(load("throw 1").outcome, rpc::Outcome::STARTUP_FAILED);
  TestApp app = handling("return new Response('well')");
  EXPECT_EQ(app.fetch().body, "well");
}

TEST_F(StartupTest, EndsTimersThatTheModulesStarted) {
  TestApp app = load(
      "let n = 0; const tick = () => { n++; setTimeout(tick, 1); }; tick();"
      "export default { fetch() { return new Response(String(n)); } }");
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  const std::string before = app.fetch().body;
  app.settle();
  EXPECT_EQ(app.fetch().body, before);
}

TEST_F(StartupTest, HandsOutItsBindings) {
  TestVersion version = TestVersion::handling(
      "return new Response(env.NAME + ':' + env.LIST.length + ':' + env.OBJECT.deep.a)");
  version.env = {{"NAME", "text"}, {"LIST", "[1,2,3]"}, {"OBJECT", "{\"deep\":{\"a\":7}}"}};
  EXPECT_EQ(load(version).fetch().body, "text:3:7");
}

}  // namespace
}  // namespace nano
