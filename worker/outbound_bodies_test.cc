// The bodies of fetches: sent, received, decoded, and handed on without passing through the worker.

#include "snapshot/content_codings_test.h"
#include "worker/test_bodies.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

using End = TestSource::End;

class OutboundBodiesTest : public WorkerTest {
 protected:
  // A handler that says what the body of its fetch came to.
  TestVersion reading(const std::string& how = "await r.text()") {
    return TestVersion::handling(
        "try { const r = await fetch('http://up.test/'); return new Response(" + how +
        ") } catch (error) { return new Response(error.name + ': ' + "
        "error.message) }");
  }
  // A handler that posts `body`.
  TestVersion posting(const std::string& body) {
    return TestVersion::handling(
        "try { const r = await fetch('http://up.test/', { method: 'POST', duplex: 'half', body: " +
        body +
        " }); return new Response(await r.text()) }"
        "catch (error) { return new Response(error.name + ': ' + error.message) }");
  }
};

TEST_F(OutboundBodiesTest, SendALargeOneInPieces) {
  TestApp app = load(posting("'z'.repeat(300000)"));
  const uint32_t id = app.send({{}}).front();
  TestFetch& fetch = app.awaitFetch();
  EXPECT_EQ(fetch.length, 300'000);
  EXPECT_EQ(readAll(loop_, KJ_ASSERT_NONNULL(fetch.stream)), std::string(300'000, 'z'));
  app.answerFetch(fetch.id, {.body = "thanks"});
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body, "thanks");
}

TEST_F(OutboundBodiesTest, AskAStreamForAPieceWhenOneIsRead) {
  TestApp app = load(
      posting("new ReadableStream({ pull(c) { const n = this.n = (this.n ?? 0) + 1; "
              "console.log('pull ' + n);"
              "if (n === 3) c.close(); else c.enqueue(new TextEncoder().encode('piece ' + n)) } }, "
              "{ highWaterMark: 0 })"));
  const uint32_t id = app.send({{}}).front();
  TestFetch& fetch = app.awaitFetch();
  EXPECT_EQ(fetch.length, -1);
  app.settle();
  EXPECT_EQ(app.allLines(), "");
  ByteReader reader(KJ_ASSERT_NONNULL(fetch.stream));
  EXPECT_EQ(loop_.run(reader.read(1000)).bytes.size(), 7u);
  app.awaitLines(1);
  app.settle();
  EXPECT_EQ(app.allLines(), "pull 1\n");
  EXPECT_EQ(loop_.run(reader.read(1000)).bytes.size(), 7u);
  EXPECT_TRUE(loop_.run(reader.read(1000)).end);
  app.answerFetch(fetch.id, {});
  app.await([&]() { return app.hasReply(id); });
}

TEST_F(OutboundBodiesTest, HaveTheLengthThatTheirStreamSays) {
  TestApp app =
      load(posting("(() => { const { readable, writable } = new FixedLengthStream(5);"
                   "new Blob(['fixed']).stream().pipeTo(writable); return readable })()"));
  const uint32_t id = app.send({{}}).front();
  TestFetch& fetch = app.awaitFetch();
  EXPECT_EQ(fetch.length, 5);
  EXPECT_EQ(readAll(loop_, KJ_ASSERT_NONNULL(fetch.stream)), "fixed");
  app.answerFetch(fetch.id, {});
  app.await([&]() { return app.hasReply(id); });
}

TEST_F(OutboundBodiesTest, StopAStreamThatTheUpstreamDoesNotRead) {
  TestApp app =
      load(posting("new ReadableStream({ cancel(reason) { console.log(reason.name) } })"));
  app.send({{}});
  app.awaitFetch().stream = nullptr;
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message, "AbortError");
}

TEST_F(OutboundBodiesTest, BreakOffWithTheirStream) {
  TestApp app = load(posting("new ReadableStream({ pull() { throw new Error('torn') } })"));
  const uint32_t id = app.send({{}}).front();
  TestFetch& fetch = app.awaitFetch();
  EXPECT_NE(kj::runCatchingExceptions([&]() { readAll(loop_, KJ_ASSERT_NONNULL(fetch.stream)); }),
            nullptr);
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body,
            "TypeError: fetch failed: the stream that was to be its body failed");
  app.await([&]() { return !app.egress().canceled.empty(); });
}

TEST_F(OutboundBodiesTest, KeepTheirRequestWhileTheyAreSent) {
  TestApp app = handling(
      "let n = 0; const body = new ReadableStream({ async pull(c) {"
      "await new Promise((resolve) => setTimeout(resolve, 1));"
      "if (n++ === 5) c.close(); else c.enqueue(new TextEncoder().encode('x')) } });"
      "const r = await fetch('http://up.test/', { method: 'POST', duplex: 'half', body });"
      "return new Response('answered')");
  const TestReply reply = app.fetchThrough({}, {});
  EXPECT_EQ(reply.body, "answered");
  EXPECT_EQ(readAll(loop_, KJ_ASSERT_NONNULL(app.egress().fetches.front().stream)), "xxxxx");
}

TEST_F(OutboundBodiesTest, AreCutOffWithWhatKeepsTheirRequest) {
  TestVersion version = TestVersion::handling(
      "const body = new ReadableStream({ pull() { return new Promise(() => {}) } });"
      "await fetch('http://up.test/', { method: 'POST', duplex: 'half', body });"
      "return new Response('answered')");
  version.limits.set(rpc::Limit::WAIT_UNTIL, 5);
  TestApp app = load(version);
  app.fetchThrough({}, {});
  rpc::ByteSource::Client stream = KJ_ASSERT_NONNULL(app.egress().fetches.front().stream);
  EXPECT_NE(kj::runCatchingExceptions([&]() { readAll(loop_, stream); }), nullptr);
}

TEST_F(OutboundBodiesTest, AreOnTheBudgetOfBuffers) {
  TestVersion version = posting("'z'.repeat(3 << 20)");
  version.limits.set(rpc::Limit::BUFFERS, 1);
  TestApp app = load(version);
  EXPECT_EQ(app.fetch().body,
            "RangeError: fetch failed: its request does not fit into limits.buffers_mb");
  app.awaitLines(1);
  EXPECT_TRUE(app.lines().front().message.starts_with("A buffer did not fit: limits.buffers_mb"));
}

TEST_F(OutboundBodiesTest, StopAStreamWhoseChunkDoesNotFit) {
  TestVersion version = posting(
      "new ReadableStream({ start(c) { c.enqueue(new Uint8Array(5 << 20)) },"
      "cancel(reason) { console.log(reason.name) } })");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  TestApp app = load(version);
  app.send({{}});
  rpc::ByteSource::Client stream = KJ_ASSERT_NONNULL(app.awaitFetch().stream);
  EXPECT_NE(kj::runCatchingExceptions([&]() { readAll(loop_, stream); }), nullptr);
  app.awaitLines(3);
  EXPECT_NE(app.allLines().find("RangeError\n"), std::string::npos) << app.allLines();
}

TEST_F(OutboundBodiesTest, ComeAsBytesOrInPieces) {
  TestApp app = load(reading());
  EXPECT_EQ(app.fetchThrough({}, {.body = "whole"}).body, "whole");
  EXPECT_EQ(app.fetchThrough({}, {.stream = sourceOf({"one ", "two ", "three"})}).body,
            "one two three");
  EXPECT_EQ(app.fetchThrough({}, {}).body, "");
}

TEST_F(OutboundBodiesTest, TellThatTheyBrokeOff) {
  TestApp app = load(reading());
  auto broken = TestSource{.pieces = {"a"}, .end = End::kBreaksOff}.make();
  EXPECT_EQ(app.fetchThrough({}, {.stream = broken}).body,
            "TypeError: The response body broke off");
}

TEST_F(OutboundBodiesTest, AreLetGoWhenNobodyReadsThem) {
  SourceWatch cancelled, aborted, unread;
  TestApp app = load(reading("await r.body.cancel() ?? 'cancelled'"));
  auto source = [](SourceWatch& watch) {
    return TestSource{.pieces = {"a"}, .end = End::kHangs, .watch = &watch}.make();
  };
  app.fetchThrough({}, {.stream = source(cancelled)});
  app.await([&]() { return cancelled.isDropped; });
  EXPECT_EQ(cancelled.reads, 0u);
  TestApp aborting = handling(
      "const controller = new AbortController();"
      "const r = await fetch('http://up.test/', { signal: controller.signal });"
      "const text = r.text(); setTimeout(() => controller.abort('why'), 2);"
      "return new Response(await text.catch((reason) => reason))");
  // A read is under way when it is aborted: the supervisor hears of it at once.
  EXPECT_EQ(aborting.fetchThrough({}, {.stream = source(aborted)}).body, "why");
  aborting.await([&]() { return aborted.isDropped; });
  TestApp ignoring = load(reading("'ignored'"));
  EXPECT_EQ(ignoring.fetchThrough({}, {.stream = source(unread)}).body, "ignored");
  ignoring.await([&]() { return unread.isDropped; });
}

TEST_F(OutboundBodiesTest, CannotBeReadOnceTheirRequestIsOver) {
  TestApp app = load(
      "let kept; export default { async fetch(request) {"
      "if (!kept) { kept = await fetch(request.url); return new Response('kept') }"
      "try { return new Response(await kept.text()) }"
      "catch (error) { return new Response(String(error)) } } }");
  EXPECT_EQ(app.fetchThrough({}, {.stream = sourceOf({"a"})}).body, "kept");
  app.settle();
  EXPECT_EQ(app.fetch().body, "TypeError: The request is over: its body cannot be read any more");
}

struct Coding {
  const char* name;
  std::string (*encode)(const std::string&);
};
constexpr Coding kCodings[] = {
    {"gzip", gzipOf},
    {"x-gzip", gzipOf},
    {"deflate", [](const std::string& text) { return zlibOf(text, 15); }},
    {"deflate", [](const std::string& text) { return zlibOf(text, -15); }},
    {"br", brotliOf},
    {"zstd", zstdOf},
};

TEST_F(OutboundBodiesTest, AreDecodedHoweverTheyCome) {
  TestVersion version = reading("await r.text() + r.headers.get('content-encoding')");
  version.limits.set(rpc::Limit::CPU, 5000);
  TestApp app = load(version);
  const std::string text = "some text, " + std::string(200'000, 'a') + " and its end ";
  for (const Coding& coding : kCodings) {
    const std::string data = coding.encode(text);
    const std::vector<std::pair<std::string, std::string>> headers = {
        {"content-encoding", coding.name}};
    TestReply whole = app.fetchThrough({}, {.headers = headers, .body = data});
    EXPECT_TRUE(bodyOf(app, whole) == text + coding.name) << coding.name;
    const size_t half = data.size() / 2;
    auto pieces = sourceOf({data.substr(0, 1), data.substr(1, half), data.substr(half + 1)});
    TestReply streamed = app.fetchThrough({}, {.headers = headers, .stream = pieces});
    EXPECT_TRUE(bodyOf(app, streamed) == text + coding.name) << coding.name;
  }
}

TEST_F(OutboundBodiesTest, TellThatTheyAreNotWhatTheirCodingSays) {
  TestApp app = load(reading());
  const std::string refusal = "TypeError: The body is not encoded as its Content-Encoding says";
  for (const Coding& coding : kCodings) {
    const std::vector<std::pair<std::string, std::string>> headers = {
        {"content-encoding", coding.name}};
    const std::string data = coding.encode("text that is cut off");
    EXPECT_EQ(
        app.fetchThrough({}, {.headers = headers, .body = data.substr(0, data.size() - 4)}).body,
        refusal)
        << coding.name;
    EXPECT_EQ(
        app.fetchThrough({}, {.headers = headers, .stream = sourceOf({"\xff\xff\xff\xff"})}).body,
        refusal)
        << coding.name;
    EXPECT_EQ(app.fetchThrough({}, {.headers = headers}).body, "") << coding.name;
  }
}

TEST_F(OutboundBodiesTest, AreLeftAloneInACodingThatIsNotKnown) {
  TestApp app = load(reading());
  for (const std::vector<std::pair<std::string, std::string>>& headers :
       {std::vector<std::pair<std::string, std::string>>{{"content-encoding", "compress"}},
        {{"content-encoding", "gzip, gzip"}},
        {{"content-encoding", "gzip"}, {"content-encoding", "br"}},
        {{"content-encoding", "identity"}}}) {
    EXPECT_EQ(app.fetchThrough({}, {.headers = headers, .body = "as it is"}).body, "as it is");
    EXPECT_EQ(app.fetchThrough({}, {.headers = headers, .stream = sourceOf({"as", " is"})}).body,
              "as is");
  }
}

TEST_F(OutboundBodiesTest, StopAtABomb) {
  TestVersion version = reading(
      "await (async () => { let n = 0; for await (const chunk of r.body) n += chunk.length; return "
      "n "
      "})()");
  version.limits.set(rpc::Limit::CPU, 5000);
  TestApp app = load(version);
  const std::string bomb = brotliOf(std::string(96 << 20, 'a'));
  EXPECT_EQ(app.fetchThrough({}, {.headers = {{"content-encoding", "br"}}, .body = bomb}).body,
            "TypeError: The body is more than 1000 times as large as what was sent for it");
}

// A reader that keeps nothing gets all of it; one that keeps it all is held by its memory.
TEST_F(OutboundBodiesTest, MayBeDenseWithinTheMemoryOfTheApp) {
  const std::string dense = brotliOf(std::string(64 << 20, 'a'));
  auto readBy = [&](const std::string& how) {
    TestVersion version = reading(how);
    version.limits.set(rpc::Limit::CPU, 5000);
    version.limits.set(rpc::Limit::BUFFERS, 32);
    TestApp app = load(version);
    return app.fetchThrough({}, {.headers = {{"content-encoding", "br"}}, .body = dense}).body;
  };
  EXPECT_EQ(readBy("await (async () => { let n = 0; for await (const chunk of r.body) n += "
                   "chunk.length; return n })()"),
            "67108864");
  const std::string kept = readBy("(await r.arrayBuffer()).byteLength");
  EXPECT_TRUE(kept.starts_with("RangeError")) << kept;
}

TEST_F(OutboundBodiesTest, AreHandedOnAsTheyCame) {
  TestApp app = handling("return fetch('http://up.test/')");
  SourceWatch watch;
  auto source = TestSource{.pieces = {"one ", "two"}, .watch = &watch}.make();
  TestReply reply =
      app.fetchThrough({}, {.status = 203, .headers = {{"a", "b"}}, .stream = source});
  source = nullptr;
  EXPECT_EQ(reply.status, 203);
  EXPECT_EQ(reply.headers.at("a"), "b");
  EXPECT_FALSE(watch.isDropped);
  // What the reader asks for arrives unchanged: nobody is in between.
  EXPECT_EQ(readAll(loop_, KJ_ASSERT_NONNULL(reply.stream), 12345), "one two");
  EXPECT_EQ(watch.lastMaxBytes, 12345u);
  EXPECT_EQ(app.allLines(), "");
}

TEST_F(OutboundBodiesTest, AreHandedOnEncoded) {
  TestApp app =
      handling("const r = await fetch('http://up.test/'); return new Response(r.body, r)");
  const std::string data = gzipOf("text");
  TestReply whole = app.fetchThrough({}, {.headers = {{"content-encoding", "gzip"}}, .body = data});
  EXPECT_EQ(whole.headers.at("content-encoding"), "gzip");
  EXPECT_TRUE(bodyOf(app, whole) == data);
  TestReply streamed =
      app.fetchThrough({}, {.headers = {{"content-encoding", "gzip"}}, .stream = sourceOf({data})});
  EXPECT_TRUE(bodyOf(app, streamed) == data);
}

TEST_F(OutboundBodiesTest, AreDecodedOnTheirWayWhereTheHeaderIsGone) {
  TestApp app = handling(
      "const r = await fetch('http://up.test/'); return new Response(r.body, { status: 201 })");
  TestReply reply = app.fetchThrough(
      {}, {.headers = {{"content-encoding", "br"}}, .stream = sourceOf({brotliOf("plain text")})});
  EXPECT_EQ(reply.headers.count("content-encoding"), 0u);
  EXPECT_EQ(bodyOf(app, reply), "plain text");
}

TEST_F(OutboundBodiesTest, OfAnEarlierRequestCannotBeHandedOn) {
  TestApp app = load(
      "let kept; export default { async fetch(request) {"
      "if (kept) return kept; kept = await fetch(request.url); return new Response('kept') } }");
  EXPECT_EQ(app.fetchThrough({}, {.stream = sourceOf({"a"})}).body, "kept");
  app.settle();
  EXPECT_EQ(app.fetch().outcome, rpc::Outcome::EXCEPTION);
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message,
            "The response has the body of a request that is over, or one that was read");
}

TEST_F(OutboundBodiesTest, OfAClientAreHandedOnToo) {
  TestApp app = handling("return fetch('http://up.test/', request)");
  SourceWatch watch;
  auto source = TestSource{.pieces = {"from ", "far"}, .watch = &watch}.make();
  const uint32_t id = app.send({{.method = "POST", .stream = source}}).front();
  source = nullptr;
  TestFetch& fetch = app.awaitFetch();
  EXPECT_EQ(readAll(loop_, KJ_ASSERT_NONNULL(fetch.stream), 4321), "from far");
  EXPECT_EQ(watch.lastMaxBytes, 4321u);
  app.answerFetch(fetch.id, {.body = "taken"});
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body, "taken");
}

TEST_F(OutboundBodiesTest, OfAClientAreSentAsBytesWhereTheyAreSmall) {
  TestApp app = handling("return fetch('http://up.test/', request)");
  const TestReply reply = app.fetchThrough({.method = "PUT", .body = "small"}, {.body = "ok"});
  EXPECT_EQ(reply.body, "ok");
  EXPECT_EQ(app.egress().fetches.front().body, "small");
}

TEST_F(OutboundBodiesTest, AreDroppedWithTheirIsolate) {
  SourceWatch watch;
  TestApp app = load(
      "export default { async fetch(request) {"
      "if (request.url.endsWith('/loop')) for (;;) {}"
      "const r = await fetch('http://up.test/'); const reader = r.body.getReader();"
      "await reader.read(); console.log('reading'); await reader.read() } }");
  const uint32_t id = app.send({{}}).front();
  auto source = TestSource{.pieces = {"a"}, .end = End::kHangs, .watch = &watch}.make();
  app.answerFetch(app.awaitFetch().id, {.stream = source});
  source = nullptr;
  app.awaitLines(1);
  EXPECT_EQ(app.fetch({.url = "http://app.test/loop"}).outcome, rpc::Outcome::EXCEEDED_CPU);
  app.await([&]() { return app.hasReply(id) && watch.isDropped; });
  EXPECT_EQ(app.reply(id).outcome, rpc::Outcome::INTERNAL_ERROR);
}

}  // namespace
}  // namespace nano
