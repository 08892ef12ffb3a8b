// What an app may use: CPU time, heap, array buffers, log, timers, response headers.

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
  EXPECT_NE(app.allLines().find("more than its 50 ms of CPU time"), std::string::npos);
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
  EXPECT_EQ(app.reply(ids[0]).outcome, rpc::Outcome::INTERNAL_ERROR);
  EXPECT_EQ(app.reply(ids[1]).outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.reply(ids[2]).body, "ok");
}

TEST_F(LimitsTest, StopsAHeapBombAndServesTheNextRequest) {
  TestVersion version = TestVersion::handling(
      "if (!request.url.endsWith('/bomb')) return new Response('ok');"
      "const all = []; for (;;) all.push(JSON.parse('[1,2,3,4,5,6]'))");
  version.limits.set(rpc::Limit::HEAP, 32);
  version.limits.set(rpc::Limit::CPU, 5000);
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/bomb").outcome, rpc::Outcome::EXCEEDED_MEMORY);
  EXPECT_EQ(app.fetch().body, "ok");
}

TEST_F(LimitsTest, RefusesArrayBuffersPastTheirBudgetWithARangeError) {
  TestVersion version = TestVersion::handling(
      "const all = []; try { for (;;) all.push(new Uint8Array(1 << 20)); }"
      "catch (error) { return new Response(error.name + ' after ' + all.length); }");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  version.limits.set(rpc::Limit::CPU, 5000);
  TestApp app = load(version);
  const TestReply reply = app.fetch();
  EXPECT_EQ(reply.body, "RangeError after 8") << static_cast<int>(reply.outcome) << app.allLines();
}

TEST_F(LimitsTest, FreesTheBudgetOfBuffersThatAreGone) {
  TestVersion version = TestVersion::handling(
      "let sum = 0; for (let i = 0; i < 50; i++) sum += new Uint8Array(1 << 20).length;"
      "return new Response(String(sum >> 20))");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  version.limits.set(rpc::Limit::CPU, 5000);
  EXPECT_EQ(load(version).fetch().body, "50");
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

TEST_F(LimitsTest, CannotBlockItsThreadWithAtomicsWait) {
  TestApp app = handling(
      "try { Atomics.wait(new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: "
      "true }).buffer), 0, 0);"
      "return new Response('blocked') } catch (error) { return new Response('refused') }");
  EXPECT_EQ(app.fetch().body, "refused");
}

}  // namespace
}  // namespace nano
