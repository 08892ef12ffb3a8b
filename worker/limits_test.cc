// What an app may use: CPU time, log, timers, response headers. Memory: memory_limits_test.cc.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using LimitsTest = WorkerTest;

TEST_F(LimitsTest, StopsALoopAndServesTheNextRequestInAFreshIsolate) {
  TestApp app =
      load(TestVersion{.modules = {{"index.js",
                                    "let calls = 0; export default { fetch(request) { calls++;"
                                    "if (request.url.endsWith('/spin')) for (;;) {}"
                                    "return new Response(String(calls)); } }"}},
                       .limits = testLimits(rpc::Limit::CPU, 50)});
  EXPECT_EQ(app.fetch().body, "1");
  EXPECT_EQ(app.fetch().body, "2");
  const TestReply spun = app.get("http://app.test/spin");
  EXPECT_EQ(spun.outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_GE(spun.cpuMicros, 49'000u);
  EXPECT_EQ(app.fetch().body, "1");
  EXPECT_EQ(spun.breach.limit, rpc::Limit::CPU);
  EXPECT_EQ(spun.breach.allowed, 50u);
  EXPECT_TRUE(app.allLines().starts_with("The request was stopped: limits.cpu_ms: 50 ms allowed, "))
      << app.allLines();
}

TEST_F(LimitsTest, StopsALoopInAMicrotaskAndInATimer) {
  TestVersion version = TestVersion::handling(
      "if (request.url.endsWith('/timer')) await new Promise(() => setTimeout(() => { for (;;) {} "
      "}, 1));"
      "await null; for (;;) {}");
  version.limits.set(rpc::Limit::CPU, 50);
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/").outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.get("http://app.test/timer").outcome, rpc::Outcome::EXCEEDED_CPU);
}

TEST_F(LimitsTest, StopsARegularExpressionOfAURLPattern) {
  TestVersion version = TestVersion::handling(
      "new URLPattern({ pathname: '/((?:a+)+)b' }).test({ pathname: '/' + 'a'.repeat(60) });");
  version.limits.set(rpc::Limit::CPU, 50);
  EXPECT_EQ(load(version).fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
}

TEST_F(LimitsTest, CountsCpuTimeOverAllTurnsOfARequest) {
  TestVersion version = TestVersion::handling(
      "for (;;) { const n = 300000; for (let i = 0, s = 0; i < n; i++) s += i % 7;"
      "await new Promise(resolve => setTimeout(resolve, 1)); }");
  version.limits.set(rpc::Limit::CPU, 30);
  EXPECT_EQ(load(version).fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
}

TEST_F(LimitsTest, AnswersTheOtherRequestsOfAStoppedIsolate) {
  TestVersion version = TestVersion::handling(
      "if (request.url.endsWith('/spin')) for (;;) {}"
      "if (request.url.endsWith('/wait')) await new Promise(resolve => setTimeout(resolve, 1e6));"
      "return new Response('ok')");
  version.limits.set(rpc::Limit::CPU, 50);
  TestApp app = load(version);
  const auto waiting = app.send({{.url = "http://app.test/wait"}}).front();
  const auto ids = app.send({{.url = "http://app.test/wait"},
                             {.url = "http://app.test/spin"},
                             {.url = "http://app.test/fine"}});
  app.await([&]() {
    return app.hasReply(waiting) && app.hasReply(ids[0]) && app.hasReply(ids[1]) &&
           app.hasReply(ids[2]);
  });
  EXPECT_EQ(app.reply(waiting).outcome, rpc::Outcome::INTERNAL_ERROR);
  EXPECT_FALSE(app.reply(waiting).breach);
  EXPECT_EQ(app.reply(ids[0]).outcome, rpc::Outcome::INTERNAL_ERROR);
  EXPECT_EQ(app.reply(ids[1]).outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.reply(ids[2]).body, "ok");
}

// Burns as many ms as the URL's path says, by the clock.
constexpr char kBurn[] =
    "const end = Date.now() + Number(new URL(request.url).pathname.slice(1));"
    "while (Date.now() < end) {} return new Response('ok')";

TEST_F(LimitsTest, StopsAnAppThatTakesMoreThanItsAverageEveryTime) {
  TestVersion version = TestVersion::handling(kBurn);
  version.limits.set(rpc::Limit::CPU, 120);
  version.limits.set(rpc::Limit::CPU_AVERAGE, 5);
  TestApp app = load(version);
  // A slow start costs nobody anything.
  EXPECT_EQ(app.get("http://app.test/60").outcome, rpc::Outcome::OK);
  TestReply reply;
  for (int i = 0; i < 20 && reply.outcome != rpc::Outcome::EXCEEDED_CPU; ++i)
    reply = app.get("http://app.test/60");
  EXPECT_EQ(reply.outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(reply.breach.limit, rpc::Limit::CPU_AVERAGE);
  EXPECT_EQ(reply.breach.allowed, 5u);
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("limits.cpu_average_ms: 5 ms allowed"), std::string::npos);
  // The bucket is the app's: a fresh isolate does not fill it. What keeps to the average is served.
  EXPECT_EQ(app.get("http://app.test/60").outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.get("http://app.test/0").body, "ok");
}

TEST_F(LimitsTest, StopsATurnThatBlocksTheOthersTooLong) {
  TestVersion version = TestVersion::handling(kBurn);
  version.limits.set(rpc::Limit::CPU, 5000);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 50);
  TestApp app = load(version);
  const TestReply reply = app.get("http://app.test/2000");
  EXPECT_EQ(reply.outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(reply.breach.limit, rpc::Limit::BLOCKED_TURN);
  EXPECT_GE(reply.breach.used, 50u);
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("limits.block_ms: 50 ms allowed"), std::string::npos);
}

TEST_F(LimitsTest, LetsARequestOfManyShortTurnsTakeMoreThanOneTurnMay) {
  TestVersion version = TestVersion::handling(
      "for (let i = 0; i < 4; i++) { const end = Date.now() + 30; while (Date.now() < end) {}"
      "await new Promise(resolve => setTimeout(resolve)); } return new Response('ok')");
  version.limits.set(rpc::Limit::CPU, 5000);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 100);
  EXPECT_EQ(load(version).fetch().body, "ok");
}

TEST_F(LimitsTest, CountsAChainOfTimersOnItsRequest) {
  TestVersion version = TestVersion::handling(
      "const again = () => { for (let i = 0, s = 0; i < 300000; i++) s += i % 7;"
      "setTimeout(again, 0); }; again(); await new Promise(() => {})");
  version.limits.set(rpc::Limit::CPU, 30);
  const TestReply reply = load(version).fetch();
  EXPECT_EQ(reply.outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(reply.breach.limit, rpc::Limit::CPU);
}

TEST_F(LimitsTest, StopsACallbackThatRunsForNoRequest) {
  TestVersion version = TestVersion::handling(
      "if (request.url.endsWith('/wait')) await new Promise(resolve => setTimeout(resolve, 1e6));"
      "globalThis.registry ||= new FinalizationRegistry(() => { for (;;) {} });"
      "for (let i = 0; i < 1000; i++) registry.register(new Array(10000));"
      "return new Response('ok')");
  version.limits.set(rpc::Limit::CPU, 300);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 30);
  TestApp app = load(version);
  const auto waiting = app.send({{.url = "http://app.test/wait"}}).front();
  // Collected sooner or later: the line names the limit and no request.
  for (int i = 0; i < 200 && app.lines().empty(); ++i)
    app.fetch();
  ASSERT_FALSE(app.lines().empty());
  EXPECT_EQ(app.lines().front().requestId, "");
  EXPECT_TRUE(app.lines().front().message.starts_with(
      "The app was stopped: limits.block_ms: 30 ms allowed"))
      << app.allLines();
  app.await([&]() { return app.hasReply(waiting); });
  EXPECT_EQ(app.reply(waiting).outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.fetch().body, "ok");
}

TEST_F(LimitsTest, NeverReusesAnIsolateThatWasStoppedInsideAnApi) {
  // C++ calls JavaScript, which is stopped there, with C++ on the stack.
  const std::vector<std::string> acts = {
      "structuredClone({ get x() { for (;;) {} } })",
      "new Headers([[{ toString() { for (;;) {} } }, 'x']])",
      "new Response('', { get status() { for (;;) {} } })",
      "JSON.stringify({ toJSON() { for (;;) {} } })",
      "setTimeout(() => {}, { valueOf() { for (;;) {} } })",
      "[3, 2, 1].sort(() => { for (;;) {} })",
      "return { get then() { for (;;) {} } }",
      "new ReadableStream({ start() { for (;;) {} } })",
      "queueMicrotask(function again() { queueMicrotask(again) }); return new Promise(() => {})",
      "'x'.replace(/x/, () => { for (;;) {} })",
  };
  for (const std::string& act : acts) {
    TestVersion version{.modules = {{"index.js",
                                     "let calls = 0; export default { fetch(request) {"
                                     "calls++; if (request.url.endsWith('/act')) {" +
                                         act + "} return new Response(String(calls)); } }"}}};
    version.limits.set(rpc::Limit::CPU, 30);
    TestApp app = load(version);
    EXPECT_EQ(app.fetch().body, "1");
    EXPECT_EQ(app.get("http://app.test/act").outcome, rpc::Outcome::EXCEEDED_CPU) << act;
    EXPECT_EQ(app.fetch().body, "1") << act;
  }
}

TEST_F(LimitsTest, TruncatesTheLogOfARequest) {
  TestApp app = handling(
      "console.log('x'.repeat(10000)); for (let i = 0; i < 2000; i++) console.log('y'.repeat(100));"
      "return new Response('ok')");
  EXPECT_EQ(app.fetch().body, "ok");
  app.settle();
  size_t bytes = 0;
  for (const TestLogLine& line : app.lines())
    bytes += line.message.size();
  EXPECT_LE(bytes, kMaxLogBytesPerRequest + 200);
  EXPECT_GT(bytes, kMaxLogBytesPerRequest / 2);
  ASSERT_FALSE(app.lines().empty());
  EXPECT_TRUE(app.lines().front().message.ends_with("(line truncated)"));
  EXPECT_TRUE(app.lines().back().message.starts_with("(log truncated"));
}

TEST_F(LimitsTest, LogsAllOfTheNextRequestAgain) {
  TestApp app = handling(
      "for (let i = 0; i < 2000; i++) console.log('y'.repeat(100)); return new Response('ok')");
  app.fetch();
  app.settle();
  const size_t before = app.lines().size();
  app.fetch();
  app.settle();
  EXPECT_EQ(app.lines().size(), 2 * before);
}

TEST_F(LimitsTest, RefusesTooManyTimersOfOneRequest) {
  TestApp app = handling(
      "let n = 0; try { for (; n < 5000; n++) setTimeout(() => {}, 1e6); } catch {}"
      "return new Response(String(n))");
  EXPECT_EQ(app.fetch().body, std::to_string(kMaxTimersPerRequest));
}

TEST_F(LimitsTest, RefusesAResponseWithTooManyHeaders) {
  TestApp app = handling(
      "const headers = {}; for (let i = 0; i < 200; i++) headers['x-' + i] = 'v';"
      "return new Response('x', { headers })");
  EXPECT_EQ(app.fetch().outcome, rpc::Outcome::EXCEPTION);
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("more than 128 headers"), std::string::npos);
}

}  // namespace
}  // namespace nano
