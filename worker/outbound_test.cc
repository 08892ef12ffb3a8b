// fetch() between a real isolate and an Egress: what leaves and when, what comes back, the limits,
// and that a fetch ends with its request. Bodies have outbound_bodies_test.cc.

#include <algorithm>

#include "worker/test_bodies.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

class OutboundTest : public WorkerTest {
 protected:
  // A handler that says what its fetch came to.
  TestVersion fetching(const std::string& arguments = "'http://up.test/'") {
    return TestVersion::handling(
        "try { const r = await fetch(" + arguments +
        "); return new Response([r.status, r.statusText, await "
        "r.text()].join()) } catch (error) { return new Response(error.name "
        "+ ': ' + error.message) }");
  }
};

TEST_F(OutboundTest, SendsWhatWasAskedForAndBringsTheAnswerBack) {
  TestApp app =
      load(fetching("'HTTP://Up.test:80/a/../b?c#d', { method: 'POST', body: 'text', headers: { "
                    "'X-Name': 'v' } }"));
  const uint32_t id = app.send({{.hops = 3}}).front();
  const TestFetch& fetch = app.awaitFetch();
  EXPECT_EQ(fetch.method, "POST");
  EXPECT_EQ(fetch.url, "http://up.test/b?c");
  EXPECT_EQ(fetch.service, "");
  EXPECT_EQ(fetch.headers.at("X-Name"), "v");
  EXPECT_EQ(fetch.headers.at("user-agent"), "nano");
  EXPECT_EQ(fetch.headers.at("accept-encoding"), "gzip, br");
  EXPECT_EQ(fetch.body, "text");
  EXPECT_EQ(fetch.hops, 4);
  app.answerFetch(fetch.id, {.status = 404, .body = "gone"});
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body, "404,Fine,gone");
}

TEST_F(OutboundTest, SendsAllFetchesOfATurnInOneCall) {
  TestApp app = handling(
      "const all = ['a', 'b', 'c'].map(async (p) => (await fetch('http://up.test/' + p)).text());"
      "return new Response((await Promise.all(all)).join())");
  const auto ids = app.send({{}, {}});
  app.awaitFetch(5);
  EXPECT_EQ(app.egress().batches, std::vector<size_t>{6});
  std::vector<std::pair<uint32_t, TestFetchResult>> results;
  for (const TestFetch& fetch : app.egress().fetches)
    results.push_back({fetch.id, {.body = fetch.url.substr(15)}});
  std::reverse(results.begin(), results.end());
  app.answerFetches(results);
  app.await([&]() { return app.hasReply(ids[0]) && app.hasReply(ids[1]); });
  EXPECT_EQ(app.reply(ids[0]).body, "a,b,c");
  EXPECT_EQ(app.reply(ids[1]).body, "a,b,c");
}

TEST_F(OutboundTest, SplitsWhatDoesNotFitIntoOneMessage) {
  TestVersion version = TestVersion::handling(
      "const body = 'b'.repeat(60000);"
      "await Promise.all(Array.from({ length: 30 }, () => "
      "fetch('http://up.test/', { method: 'POST', body })));"
      "return new Response('done')");
  version.limits.set(rpc::Limit::OUTBOUND_AT_ONCE, 32);
  TestApp app = load(version);
  const uint32_t id = app.send({{}}).front();
  app.awaitFetch(29);
  EXPECT_GT(app.egress().batches.size(), 2u);
  std::vector<std::pair<uint32_t, TestFetchResult>> results;
  for (const TestFetch& fetch : app.egress().fetches)
    results.push_back({fetch.id, {}});
  app.answerFetches(results);
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body, "done");
}

TEST_F(OutboundTest, TellsWhyAFetchFailed) {
  TestApp app = load(fetching());
  EXPECT_EQ(app.fetchThrough({}, {.failure = Kind::NAME_NOT_FOUND, .message = "no such name"}).body,
            "TypeError: fetch failed: no such name");
  EXPECT_EQ(
      app.fetchThrough({}, {.failure = Kind::TIMED_OUT, .message = "fetch failed: too slow"}).body,
      "TypeError: fetch failed: too slow");
  EXPECT_EQ(app.allLines(), "");
}

TEST_F(OutboundTest, LogsWhatPolicyDenied) {
  TestApp app = load(fetching());
  app.fetchThrough({}, {.failure = Kind::DENIED, .message = "10.0.0.1 is not public"});
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().level, rpc::LogLine::Level::WARN);
  EXPECT_EQ(app.lines().front().message, "fetch failed: 10.0.0.1 is not public");
  EXPECT_EQ(app.lines().front().requestId, "request-1");
}

TEST_F(OutboundTest, RefusesAnAnswerThatIsNone) {
  TestApp app = load(fetching());
  std::vector<std::pair<std::string, std::string>> many(kMaxUpstreamHeaders + 1, {"a", "b"});
  const std::string refusal =
      "TypeError: fetch failed: the head of the answer is too large, or is none";
  EXPECT_EQ(app.fetchThrough({}, {.headers = many}).body, refusal);
  EXPECT_EQ(
      app.fetchThrough({}, {.headers = {{"a", std::string(kMaxUpstreamHeaderBytes, 'x')}}}).body,
      refusal);
  EXPECT_EQ(app.fetchThrough({}, {.status = 101}).body, refusal);
  EXPECT_EQ(app.fetchThrough({}, {.status = 600}).body, refusal);
}

TEST_F(OutboundTest, RefusesARequestThatIsTooLarge) {
  EXPECT_EQ(load(fetching("'http://up.test/' + 'a'.repeat(20000)")).fetch().body,
            "TypeError: fetch failed: the URL has more than 16384 bytes");
  EXPECT_EQ(load(fetching("'http://up.test/', { headers: { a: 'b'.repeat(40000) } }")).fetch().body,
            "TypeError: fetch failed: there are more than 100 headers or 32768 bytes of them");
  EXPECT_EQ(
      load(fetching("'http://up.test/', { headers: "
                    "Object.fromEntries(Array.from({ length: 101 }, (_, i) => ['h' + i, ''])) }"))
          .fetch()
          .body,
      "TypeError: fetch failed: there are more than 100 headers or 32768 bytes of them");
}

TEST_F(OutboundTest, ReachesAServiceByItsBinding) {
  TestVersion version = TestVersion::handling(
      "const r = await env.OTHER.fetch('/path'); return new Response(await r.text())");
  version.services = {"OTHER"};
  TestApp app = load(version);
  EXPECT_EQ(app.fetchThrough({}, {.body = "from the other"}).body, "from the other");
  EXPECT_EQ(app.egress().fetches.front().service, "OTHER");
}

TEST_F(OutboundTest, DoesNotBeginOutsideOfARequest) {
  TestApp app = load("await fetch('http://up.test/'); export default { fetch() {} }");
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_TRUE(app.message.starts_with("Error: Disallowed operation called within global scope."))
      << app.message;
}

TEST_F(OutboundTest, DoesNotBeginForARequestThatIsOver) {
  TestApp app = load(
      "let go; export default { async fetch(request) {"
      "if (request.url.endsWith('/second')) { go(); return new Response('second') }"
      "new Promise((resolve) => { go = resolve }).then(() => fetch('http://up.test/'))"
      ".catch((error) => console.log(error.message)); return new Response('first') } }");
  EXPECT_EQ(app.get("http://app.test/first").body, "first");
  app.settle();
  EXPECT_EQ(app.get("http://app.test/second").body, "second");
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message,
            "fetch failed: the request that it is for is over; ctx.waitUntil() keeps one going");
}

TEST_F(OutboundTest, DoesNotBeginOnceTooManyAppsWerePassed) {
  TestApp app = load(fetching());
  const TestReply reply = app.fetch({.hops = kMaxHops});
  EXPECT_EQ(reply.body,
            "TypeError: fetch failed: the request has passed 16 apps of this server: it goes round "
            "in a circle");
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().level, rpc::LogLine::Level::WARN);
  EXPECT_TRUE(app.egress().fetches.empty());
}

TEST_F(OutboundTest, CountsFetchesAndRedirectsAsSubrequests) {
  TestVersion version = TestVersion::handling(
      "const seen = []; for (const path of ['away', 'b', 'c']) {"
      "try { seen.push((await fetch('http://up.test/' + path)).status) }"
      "catch (error) { seen.push(error.name + ' ' + error.message) } }"
      "return new Response(seen.join())");
  version.limits.set(rpc::Limit::SUBREQUESTS, 3);
  TestApp app = load(version);
  const uint32_t id = app.send({{}}).front();
  app.answerFetch(app.awaitFetch(0).id, {.status = 302, .headers = {{"location", "/there"}}});
  app.answerFetch(app.awaitFetch(1).id, {});
  app.answerFetch(app.awaitFetch(2).id, {});
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body,
            "200,200,TypeError Too many subrequests: limits.subrequests: 3 requests allowed, 4 "
            "requests used");
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message,
            "Too many subrequests: limits.subrequests: 3 requests allowed, 4 requests used");
  EXPECT_EQ(app.egress().fetches.size(), 3u);
  // They are the request's, not the app's.
  const uint32_t next = app.send({{}}).front();
  for (size_t i = 3; i < 6; ++i)
    app.answerFetch(app.awaitFetch(i).id, {});
  app.await([&]() { return app.hasReply(next); });
  EXPECT_EQ(app.reply(next).body, "200,200,200");
}

TEST_F(OutboundTest, RunsSoManyAtOnceAndTheRestInOrder) {
  TestVersion version = TestVersion::handling(
      "const all = [0, 1, 2, 3, 4].map((i) => fetch('http://up.test/' + i));"
      "await Promise.all(all); return new Response('done')");
  version.limits.set(rpc::Limit::OUTBOUND_AT_ONCE, 2);
  TestApp app = load(version);
  const uint32_t id = app.send({{}}).front();
  app.awaitFetch(1);
  app.settle();
  EXPECT_EQ(app.egress().fetches.size(), 2u);
  app.answerFetch(app.egress().fetches[1].id, {});
  EXPECT_EQ(app.awaitFetch(2).url, "http://up.test/2");
  app.settle();
  EXPECT_EQ(app.egress().fetches.size(), 3u);
  app.answerFetches({{app.egress().fetches[0].id, {}}, {app.egress().fetches[2].id, {}}});
  EXPECT_EQ(app.awaitFetch(4).url, "http://up.test/4");
  app.answerFetches({{app.egress().fetches[3].id, {}}, {app.egress().fetches[4].id, {}}});
  app.await([&]() { return app.hasReply(id); });
}

TEST_F(OutboundTest, AFailureAndAnAbortMakeRoomToo) {
  TestVersion version = TestVersion::handling(
      "const controller = new AbortController();"
      "const all = [0, 1, 2].map((i) => fetch('http://up.test/' + i, i === 1 ? { signal: "
      "controller.signal } : {}));"
      "await all[0].catch(() => {}); controller.abort(); await all[1].catch(() => {});"
      "return all[2]");
  version.limits.set(rpc::Limit::OUTBOUND_AT_ONCE, 1);
  TestApp app = load(version);
  const uint32_t id = app.send({{}}).front();
  app.answerFetch(app.awaitFetch(0).id, {.failure = Kind::INTERNAL, .message = "x"});
  // The second was never sent: it was aborted while it waited, or as soon as it was sent.
  app.await([&]() { return app.egress().fetches.back().url == "http://up.test/2"; });
  app.answerFetch(app.egress().fetches.back().id, {.body = "third"});
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body, "third");
}

TEST_F(OutboundTest, KeepsBackWhatTheSupervisorWouldRefuse) {
  TestApp app = handling(
      "await Promise.all([0, 1, 2, 3, 4, 5].map((i) => fetch('http://up.test/' + i)));"
      "return new Response('done')");
  constexpr size_t kCallsABatch = 100;
  std::vector<uint32_t> ids = app.send(std::vector<TestCall>(kCallsABatch));
  const auto more = app.send(std::vector<TestCall>(kCallsABatch));
  ids.insert(ids.end(), more.begin(), more.end());
  app.awaitFetch(kMaxFetchesInFlight - 1);
  app.settle();
  EXPECT_EQ(app.egress().fetches.size(), kMaxFetchesInFlight);
  for (size_t size : app.egress().batches)
    EXPECT_LE(size, kMaxBatchFetches);
  for (size_t i = 0; i < ids.size() * 6; ++i)
    app.answerFetch(app.awaitFetch(i).id, {});
  app.await([&]() {
    return std::all_of(ids.begin(), ids.end(), [&](uint32_t id) { return app.hasReply(id); });
  });
}

TEST_F(OutboundTest, EndsWithItsRequest) {
  TestApp app = handling("fetch('http://up.test/'); return new Response('at once')");
  EXPECT_EQ(app.fetch().body, "at once");
  app.settle();
  // It was begun and over in the same turn: it never left.
  EXPECT_TRUE(app.egress().fetches.empty());
  TestApp later = handling(
      "fetch('http://up.test/'); await new Promise((resolve) => setTimeout(resolve, 5));"
      "return new Response('later')");
  EXPECT_EQ(later.fetch().body, "later");
  later.await([&]() { return !later.egress().canceled.empty(); });
  EXPECT_EQ(later.egress().canceled, std::vector<uint32_t>{later.egress().fetches.front().id});
  later.answerFetch(later.egress().fetches.front().id, {});
  EXPECT_EQ(later.fetch().body, "later");
}

TEST_F(OutboundTest, GoesOnForWaitUntil) {
  TestApp app = handling(
      "ctx.waitUntil(fetch('http://up.test/').then((r) => r.text()).then(console.log));"
      "return new Response('at once')");
  EXPECT_EQ(app.fetch().body, "at once");
  app.answerFetch(app.awaitFetch().id, {.body = "heard"});
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message, "heard");
}

TEST_F(OutboundTest, IsCanceledByItsSignal) {
  TestApp app = handling(
      "const controller = new AbortController(); setTimeout(() => controller.abort('why'), 2);"
      "try { await fetch('http://up.test/', { signal: controller.signal }) }"
      "catch (reason) { return new Response(reason) }");
  EXPECT_EQ(app.fetch().body, "why");
  app.await([&]() { return !app.egress().canceled.empty(); });
  EXPECT_EQ(app.egress().canceled.front(), app.egress().fetches.front().id);
}

TEST_F(OutboundTest, IsCanceledWhenItsClientLeaves) {
  TestApp app = handling(
      "try { return await fetch(request) } catch (error) { console.log(error.name); throw error }");
  const uint32_t id = app.send({{}}).front();
  app.awaitFetch();
  app.cancel(id);
  app.await([&]() { return app.hasReply(id) && !app.egress().canceled.empty(); });
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message, "AbortError");
}

TEST_F(OutboundTest, IsCanceledWhenItsIsolateIsThrownAway) {
  TestApp app = load(
      "export default { async fetch(request) { const answer = fetch(request.url);"
      "if (request.url.endsWith('/loop')) { await null; for (;;) {} }"
      "return new Response(await (await answer).text()) } }");
  const uint32_t waiting = app.send({{.url = "http://app.test/a"}}).front();
  const uint32_t first = app.awaitFetch().id;
  EXPECT_EQ(app.fetch({.url = "http://app.test/loop"}).outcome, rpc::Outcome::EXCEEDED_CPU);
  app.await([&]() { return app.hasReply(waiting) && !app.egress().canceled.empty(); });
  EXPECT_EQ(app.reply(waiting).outcome, rpc::Outcome::INTERNAL_ERROR);
  EXPECT_EQ(app.egress().canceled, std::vector<uint32_t>{first});
  // The next isolate uses no id that is still to be answered, and is not confused by the answer.
  const uint32_t next = app.send({{.url = "http://app.test/b"}}).front();
  const uint32_t second = app.awaitFetch(1).id;
  EXPECT_NE(second, first);
  app.answerFetches({{first, {.body = "late"}}, {second, {.body = "right"}}});
  app.await([&]() { return app.hasReply(next); });
  EXPECT_EQ(app.reply(next).body, "right");
}

TEST_F(OutboundTest, IgnoresAnswersToNothing) {
  TestApp app = load(fetching());
  app.answerFetches({{12345, {.body = "x"}}, {0, {.failure = Kind::DENIED, .message = "y"}}});
  EXPECT_EQ(app.fetchThrough({}, {.body = "z"}).body, "200,Fine,z");
  app.answerFetch(app.egress().fetches.front().id, {.body = "again"});
  EXPECT_EQ(app.allLines(), "");
}

TEST_F(OutboundTest, IsOnTheCpuBudgetOfItsRequest) {
  TestVersion version = TestVersion::handling("await fetch('http://up.test/'); for (;;) {}");
  version.limits.set(rpc::Limit::CPU, 50);
  TestApp app = load(version);
  EXPECT_EQ(app.fetchThrough({}, {}).outcome, rpc::Outcome::EXCEEDED_CPU);
}

TEST_F(OutboundTest, FailsWhereThereIsNoWayOut) {
  // As a supervisor that gives no Egress has it.
  auto request = worker().loadRequest();
  request.setHost(kj::heap<TestHost>());
  auto version = request.initVersion();
  version.setMainModule("index.js");
  auto module = version.initModules(1)[0];
  const std::string script =
      "export default { async fetch() { try { await fetch('http://up.test/') } catch (error) {"
      "return new Response(error.message) } } }";
  module.setPath("index.js");
  module.setKind(rpc::Module::Kind::ES_MODULE);
  module.setContent(kj::arrayPtr(reinterpret_cast<const kj::byte*>(script.data()), script.size()));
  auto record = std::make_shared<TestRecord>();
  request.setHost(kj::heap<TestHost>(record));
  auto loaded = loop_.run(kj::Promise<capnp::Response<rpc::Worker::LoadResults>>(request.send()));
  auto app = loaded.getApp();
  auto batch = app.fetchBatchRequest();
  auto call = batch.initCalls(1)[0];
  call.setId(1);
  call.initRequest().setUrl("http://app.test/");
  loop_.run(batch.send().ignoreResult());
  while (record->replies.empty())
    loop_.run(loop_.timer().afterDelay(1 * kj::MILLISECONDS));
  EXPECT_EQ(record->replies[1].body, "fetch failed: the way out of this server is closed");
}

}  // namespace
}  // namespace nano
