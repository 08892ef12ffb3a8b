// What one request goes through: bodies both ways, timers, waitUntil, cancelling, errors, slots.

#include "worker/test_bodies.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

using RequestsTest = WorkerTest;

constexpr char kStreamingHandler[] =
    "let n = 0; return new Response(new ReadableStream({"
    "async pull(controller) { if (n === 3) { controller.close(); return; }"
    "await new Promise(resolve => setTimeout(resolve, 1));"
    "controller.enqueue(new TextEncoder().encode('chunk ' + n++ + ' ')); },"
    "cancel() { console.log('cancelled'); } }))";

TEST_F(RequestsTest, ReadTheirMethodHeadersAndBody) {
  TestApp app = handling(
      "return new Response([request.method, request.headers.get('X-Name'), await "
      "request.text()].join())");
  const TestReply reply =
      app.fetch({.method = "POST", .headers = {{"x-name", "value"}}, .body = "the body"});
  EXPECT_EQ(reply.body, "POST,value,the body");
}

TEST_F(RequestsTest, ReadWhatTheyCarryAfterTheirBatchHasReturned) {
  TestApp app = handling(
      "await new Promise(resolve => setTimeout(resolve, 2));"
      "return new Response([request.url, request.headers.get('a'), await request.text()].join())");
  const TestReply reply = app.fetch(
      {.url = "http://app.test/late", .method = "PUT", .headers = {{"a", "b"}}, .body = "kept"});
  EXPECT_EQ(reply.body, "http://app.test/late,b,kept");
  EXPECT_TRUE(reply.late);
}

TEST_F(RequestsTest, HaveTheUrlThatTheStandardMakesOfTheirTarget) {
  TestApp app = handling("return new Response([request.url, new URL(request.url).href].join(' '))");
  EXPECT_EQ(app.get("http://app.test/\"<>\xC3\xBC/../x?'").body,
            "http://app.test/x?%27 http://app.test/x?%27");
  EXPECT_EQ(app.get("http://app.test/%zz?a=b").body,
            "http://app.test/%zz?a=b http://app.test/%zz?a=b");
}

TEST_F(RequestsTest, ReadAStreamedBody) {
  TestApp app = handling(
      "const text = await request.text(); return new Response(text.slice(0, 8) + text.length)");
  const TestReply reply = app.fetch(
      {.method = "POST", .stream = sourceOf({"one ", "two ", std::string(100'000, 'x')})});
  EXPECT_EQ(reply.outcome, rpc::Outcome::OK);
  EXPECT_EQ(reply.body, "one two 100008");
}

TEST_F(RequestsTest, SeeABodyBreakOff) {
  TestApp app = handling(
      "try { return new Response(await request.text()) } catch (error) { return new "
      "Response(error.name) }");
  auto broken = std::make_shared<rpc::ByteSource::Client>(makeByteSource(
      [](size_t) -> kj::Promise<ByteChunk> { return KJ_EXCEPTION(FAILED, "gone"); }));
  EXPECT_EQ(app.fetch({.method = "POST", .stream = broken}).body, "TypeError");
}

TEST_F(RequestsTest, StreamTheirResponse) {
  TestApp app = handling(kStreamingHandler);
  TestReply reply = app.fetch();
  EXPECT_EQ(reply.outcome, rpc::Outcome::OK);
  EXPECT_EQ(readAll(app, reply), "chunk 0 chunk 1 chunk 2 ");
}

TEST_F(RequestsTest, SayThatTheBodyOfAnEarlierRequestCannotBeReadAnyMore) {
  TestVersion version{.modules = {{"index.js",
                                   "let kept; export default { async fetch(request) {"
                                   "if (!kept) { kept = request; return new Response('kept') }"
                                   "try { return new Response(await kept.text()) }"
                                   "catch (error) { return new Response(String(error)) } } }"}}};
  TestApp app = load(version);
  EXPECT_EQ(app.fetch({.method = "POST", .body = "the first's"}).body, "kept");
  EXPECT_EQ(app.fetch({.method = "POST", .body = "the second's"}).body,
            "TypeError: The request is over: its body cannot be read any more");
}

TEST_F(RequestsTest, StreamALargeBodyInPieces) {
  TestApp app = handling("return new Response('z'.repeat(300000))");
  TestReply reply = app.fetch();
  ASSERT_TRUE(reply.stream != nullptr);
  auto request = KJ_ASSERT_NONNULL(reply.stream).readRequest();
  request.setMaxBytes(1000);
  auto first =
      loop_.run(kj::Promise<capnp::Response<rpc::ByteSource::ReadResults>>(request.send()));
  EXPECT_EQ(first.getBytes().size(), 1000u);
  EXPECT_FALSE(first.getEnd());
  EXPECT_EQ(readAll(app, reply).size(), 299'000u);
}

TEST_F(RequestsTest, HearThatTheReaderOfTheirResponseLeft) {
  TestApp app = handling(kStreamingHandler);
  TestReply reply = app.fetch();
  reply.stream = nullptr;
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message, "cancelled");
}

TEST_F(RequestsTest, BreakOffAResponseWhoseStreamFails) {
  TestApp app =
      handling("return new Response(new ReadableStream({ pull() { throw new Error('torn'); } }))");
  TestReply reply = app.fetch();
  EXPECT_NE(kj::runCatchingExceptions([&]() { readAll(app, reply); }), nullptr);
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("Error: torn"), std::string::npos);
  EXPECT_EQ(app.lines().front().level, rpc::LogLine::Level::ERROR);
}

TEST_F(RequestsTest, AbortTheirSignalWhenTheyAreCancelled) {
  TestApp app = handling(
      "request.signal.addEventListener('abort', () => console.log('aborted'));"
      "await new Promise(resolve => setTimeout(resolve, 1e6))");
  const uint32_t id = app.send({{}}).front();
  EXPECT_FALSE(app.hasReply(id));
  app.cancel(id);
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).outcome, rpc::Outcome::CANCELED);
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message, "aborted");
  EXPECT_EQ(app.lines().front().requestId, "request-" + std::to_string(id));
}

TEST_F(RequestsTest, CanStillAnswerWhenTheyAreCancelled) {
  TestApp app = handling(
      "return new Promise(resolve => request.signal.addEventListener('abort', () => resolve(new "
      "Response('bye'))))");
  const uint32_t id = app.send({{}}).front();
  app.cancel(id);
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body, "bye");
}

TEST_F(RequestsTest, GoOnAfterTheirAnswerForWaitUntil) {
  TestApp app = handling(
      "ctx.waitUntil(new Promise(resolve => setTimeout(resolve, 5)).then(() => console.log('done ' "
      "+ request.url)));"
      "return new Response('at once')");
  const TestReply reply = app.get("http://app.test/w");
  EXPECT_EQ(reply.body, "at once");
  EXPECT_FALSE(reply.late);
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message, "done http://app.test/w");
}

TEST_F(RequestsTest, AreCutOffWhenWaitUntilTakesTooLong) {
  TestVersion version = TestVersion::handling(
      "ctx.waitUntil(new Promise(resolve => setTimeout(resolve, 1e6)));"
      "setTimeout(() => console.log('too late'), 30); return new Response('ok')");
  version.limits.set(rpc::Limit::WAIT_UNTIL, 5);
  TestApp app = load(version);
  app.fetch();
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message,
            "waitUntil() was cut off: limits.wait_until_ms: 5 ms allowed, 5 ms used");
  loop_.run(loop_.timer().afterDelay(40 * kj::MILLISECONDS));
  EXPECT_EQ(app.lines().size(), 1u) << app.allLines();
}

TEST_F(RequestsTest, LogARejectionGivenToWaitUntil) {
  TestApp app =
      handling("ctx.waitUntil(Promise.reject(new Error('later'))); return new Response('ok')");
  EXPECT_EQ(app.fetch().body, "ok");
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("waitUntil() was rejected: Error: later"), std::string::npos)
      << app.allLines();
}

TEST_F(RequestsTest, LoseTheirTimersOnceTheyAreAnswered) {
  TestApp app = handling("setTimeout(() => console.log('never'), 5); return new Response('ok')");
  app.fetch();
  loop_.run(loop_.timer().afterDelay(20 * kj::MILLISECONDS));
  EXPECT_EQ(app.allLines(), "");
}

TEST_F(RequestsTest, AreAnsweredWithAnExceptionAndAStackInTheLog) {
  TestApp app = load("function inner() {\n  null.x;\n}\nexport default { fetch() { inner(); } }");
  const TestReply reply = app.fetch();
  EXPECT_EQ(reply.outcome, rpc::Outcome::EXCEPTION);
  EXPECT_EQ(reply.body, "");
  app.awaitLines(1);
  const TestLogLine& line = app.lines().front();
  EXPECT_EQ(line.level, rpc::LogLine::Level::ERROR);
  EXPECT_EQ(line.requestId, "request-1");
  EXPECT_EQ(line.message,
            "TypeError: Cannot read properties of null (reading 'x')\n"
            "    at inner (index.js:2:8)\n    at fetch (index.js:4:28)");
}

TEST_F(RequestsTest, AreAnsweredWhateverTheirHandlerThrows) {
  for (const char* thrown :
       {"null", "undefined", "Symbol('s')", "new Proxy({}, { get() { throw 1; } })", "'text'", "1n",
        "(() => { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy; })()",
        "{ toString() { throw new Error('in toString'); } }", "Object.create(null)",
        "Object.assign(new Error('a'), { stack: { toString() { throw 1; } } })",
        "(Error.prepareStackTrace = () => { throw 1; }, new Error('prepared'))",
        "(() => { const e = new Error('x'.repeat(1e6)); return e; })()"}) {
    TestApp app = handling("throw " + std::string(thrown));
    EXPECT_EQ(app.fetch().outcome, rpc::Outcome::EXCEPTION) << thrown;
    app.awaitLines(1);
    EXPECT_LE(app.lines().front().message.size(), kMaxJsErrorBytes) << thrown;
  }
}

TEST_F(RequestsTest, AreStoppedWhenWhatTheyThrowNeverEnds) {
  TestVersion version = TestVersion::handling(
      "throw Object.defineProperty(new Error(), 'message', { get() { for (;;) {} } })");
  version.limits.set(rpc::Limit::CPU, 50);
  EXPECT_EQ(load(version).fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
}

TEST_F(RequestsTest, FailWhenTheHandlerReturnsNoResponse) {
  EXPECT_EQ(handling("return 'text'").fetch().outcome, rpc::Outcome::EXCEPTION);
  EXPECT_EQ(handling("").fetch().outcome, rpc::Outcome::EXCEPTION);
}

TEST_F(RequestsTest, HaveTheirUnhandledRejectionsLogged) {
  TestApp app = handling("Promise.reject(new Error('forgotten')); return new Response('ok')");
  EXPECT_EQ(app.fetch().body, "ok");
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("forgotten"), std::string::npos);
  EXPECT_EQ(app.lines().front().requestId, "request-1");
  EXPECT_EQ(app.lines().front().level, rpc::LogLine::Level::ERROR);
}

TEST_F(RequestsTest, AreNotBlamedForARejectionThatIsHandledInTheSameTurn) {
  TestApp app = handling(
      "const p = Promise.reject(new Error('caught')); await null; p.catch(() => {}); return new "
      "Response('ok')");
  app.fetch();
  app.settle();
  EXPECT_EQ(app.allLines(), "");
}

TEST_F(RequestsTest, KeepTheirLogLinesApartWhileTheyInterleave) {
  TestApp app = handling(
      "const name = new URL(request.url).pathname;"
      "for (let i = 0; i < 3; i++) { console.log(name); await new Promise(resolve => "
      "setTimeout(resolve, 1));"
      "await Promise.all([null, (async () => { await null; console.log(name) })()]); }"
      "return new Response(name)");
  const auto ids = app.send({{.url = "http://app.test/a"}, {.url = "http://app.test/b"}});
  app.await([&]() { return app.hasReply(ids[0]) && app.hasReply(ids[1]); });
  app.awaitLines(12);
  for (const TestLogLine& line : app.lines()) {
    EXPECT_EQ(line.requestId, line.message == "/a" ? "request-1" : "request-2");
  }
  EXPECT_EQ(app.reply(ids[0]).body, "/a");
  EXPECT_EQ(app.reply(ids[1]).body, "/b");
}

TEST_F(RequestsTest, OfOneIdInFlightTwiceAreRefused) {
  TestApp app = handling("await new Promise(resolve => setTimeout(resolve, 1e6))");
  app.send({{}});
  app.reuseNextId();
  EXPECT_NE(kj::runCatchingExceptions([&]() { app.send({{}}); }), nullptr);
}

TEST_F(RequestsTest, AnswerAFullBatchWhoseBodiesDoNotFitIntoOneMessage) {
  TestApp app = handling("return new Response('b'.repeat(60000))");
  const auto ids = app.send(std::vector<TestCall>(40));
  app.await([&]() {
    return std::all_of(ids.begin(), ids.end(), [&](uint32_t id) { return app.hasReply(id); });
  });
  for (uint32_t id : ids)
    EXPECT_EQ(app.reply(id).body.size(), 60'000u);
}

TEST_F(RequestsTest, ARejectionIsToldAndAgainWhenSomebodyHandlesIt) {
  TestApp app = handling(
      "const seen = []; const { promise, reject } = Promise.withResolvers();"
      "onunhandledrejection = (event) => { seen.push(event.type, event.promise === promise);"
      "event.preventDefault(); };"
      "onrejectionhandled = (event) => seen.push(event.type, event.reason, event.promise === "
      "promise);"
      "reject('why'); Promise.reject('handled at once').catch(() => {});"
      "await new Promise((resolve) => setTimeout(resolve, 1));"
      "promise.catch(() => {}); promise.catch(() => {});"
      "await new Promise((resolve) => setTimeout(resolve, 1));"
      "return new Response(seen.join())");
  EXPECT_EQ(app.fetch().body, "unhandledrejection,true,rejectionhandled,why,true");
  EXPECT_EQ(app.allLines(), "");
}

}  // namespace
}  // namespace nano
