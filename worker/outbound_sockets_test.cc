// connect() through a whole worker, with a supervisor that the test plays.

#include "worker/outbound_sockets.h"

#include "worker/fake_sockets.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

class OutboundSocketsTest : public WorkerTest {
 protected:
  TestApp app(std::string body, AppLimits limits = {}) {
    TestVersion version = TestVersion::of(
        "import { connect } from 'cloudflare:sockets';\n"
        "const encode = text => new TextEncoder().encode(text);\n"
        "const decode = bytes => new TextDecoder().decode(bytes);\n"
        "export default { async fetch(request, env, ctx) { " +
        body + " } }");
    version.limits = limits;
    return TestApp(loop_, worker(), version, rpc::Egress::Client(kj::heap<FakeEgress>(peers_)));
  }
  FakePeer& peer(size_t index = 0) { return *peers_->at(index); }

  std::shared_ptr<FakeEgress::Peers> peers_ = std::make_shared<FakeEgress::Peers>();
};

TEST_F(OutboundSocketsTest, CarryBytesBothWays) {
  TestApp tested =
      app("const socket = connect('db.test:5432');"
          "const writer = socket.writable.getWriter(); await writer.write(encode('question'));"
          "const reader = socket.readable.getReader();"
          "const answer = decode((await reader.read()).value);"
          "const { done } = await reader.read(); await socket.closed;"
          "return new Response([answer, done, (await socket.opened).remoteAddress].join())");
  const uint32_t id = tested.send({{}}).front();
  tested.await([&]() { return !peers_->empty() && !peer().received.empty(); });
  EXPECT_EQ(peer().host, "db.test");
  EXPECT_EQ(peer().port, 5432);
  EXPECT_FALSE(peer().isTls);
  EXPECT_EQ(peer().received, "question");
  peer().send("answer");
  peer().send("");
  tested.await([&]() { return tested.hasReply(id); });
  EXPECT_EQ(tested.reply(id).body, "answer,true,db.test:5432");
  EXPECT_TRUE(peer().hasEnded);
  tested.await([&]() { return peer().isClosed; });
}

TEST_F(OutboundSocketsTest, AreWrittenToInPiecesEachWhenThereIsRoom) {
  TestApp tested =
      app("const socket = connect('db.test:1'); await socket.readable.getReader().read();"
          "await socket.writable.getWriter().write(new Uint8Array(100000));"
          "return new Response('written')");
  const uint32_t id = tested.send({{}}).front();
  tested.await([&]() { return !peers_->empty(); });
  peer().takes = false;
  peer().send("go on");
  tested.await([&]() { return !peer().writes.empty(); });
  tested.settle();
  EXPECT_EQ(peer().writes.size(), 1u);
  peer().take();
  tested.await([&]() { return tested.hasReply(id); });
  EXPECT_EQ(peer().writes, (std::vector<size_t>{32768, 32768, 32768, 1696}));
}

TEST_F(OutboundSocketsTest, SayWhyTheyCannotBeOpened) {
  TestApp tested =
      app("const socket = connect('denied.test:1');"
          "try { await socket.opened } catch (error) { return new Response(String(error)) }");
  EXPECT_EQ(tested.fetch().body,
            "Error: a connection to denied.test:1 is not allowed: not this host");
  EXPECT_NE(tested.allLines().find("is not allowed: not this host"), std::string::npos);
}

TEST_F(OutboundSocketsTest, SayWhyTheyBroke) {
  TestApp tested =
      app("const socket = connect('db.test:1'); const reader = socket.readable.getReader();"
          "try { await reader.read() } catch (error) { return new Response(String(error)) }");
  const uint32_t id = tested.send({{}}).front();
  tested.await([&]() { return !peers_->empty(); });
  peer().send("!the connection to db.test:1 broke off: Connection reset by peer");
  tested.await([&]() { return tested.hasReply(id); });
  EXPECT_EQ(tested.reply(id).body,
            "Error: the connection to db.test:1 broke off: Connection reset by peer");
  EXPECT_EQ(tested.allLines(), "");
}

TEST_F(OutboundSocketsTest, StartTls) {
  const std::string script =
      "const socket = connect('HOST:5432', { secureTransport: 'starttls' });"
      "await socket.writable.getWriter().write(encode('S'));"
      "const secure = socket.startTls();"
      "try { await secure.opened; await secure.writable.getWriter().write(encode('T'));"
      "return new Response('secure') } catch (error) { return new Response(error.message) }";
  const auto forHost = [&](const std::string& host) {
    std::string own = script;
    return own.replace(own.find("HOST"), 4, host);
  };
  EXPECT_EQ(app(forHost("db.test")).fetch().body, "secure");
  EXPECT_EQ(peer(0).received, "ST");
  EXPECT_EQ(peer(0).securedFor, "db.test");
  EXPECT_EQ(app(forHost("bad.test")).fetch().body, "TLS with db.test:5432 failed");
}

TEST_F(OutboundSocketsTest, EndWithTheirRequest) {
  TestApp tested =
      app("const socket = connect('db.test:1'); await socket.opened;"
          "socket.readable.getReader().read(); return new Response('answered')");
  EXPECT_EQ(tested.fetch().body, "answered");
  tested.await([&]() { return peer().isClosed; });
}

TEST_F(OutboundSocketsTest, GoOnForWaitUntil) {
  TestApp tested = app(
      "const socket = connect('db.test:1'); await socket.opened;"
      "ctx.waitUntil(socket.readable.getReader().read().then(r => console.log(decode(r.value))));"
      "return new Response('answered')");
  EXPECT_EQ(tested.fetch().body, "answered");
  tested.settle();
  EXPECT_FALSE(peer().isClosed);
  peer().send("late");
  tested.awaitLines(1);
  EXPECT_EQ(tested.allLines(), "late\n");
  tested.await([&]() { return peer().isClosed; });
}

TEST_F(OutboundSocketsTest, OfARequestThatIsOverAreClosedToTheNext) {
  TestApp tested =
      app("if (globalThis.kept === undefined) { globalThis.kept = connect('db.test:1');"
          "await kept.opened; return new Response('kept') }"
          "try { await kept.readable.getReader().read() } catch (error) { return new "
          "Response(String(error)) }");
  EXPECT_EQ(tested.fetch().body, "kept");
  tested.await([&]() { return peer().isClosed; });
  EXPECT_EQ(tested.fetch().body, "Error: The socket is closed");
}

TEST_F(OutboundSocketsTest, CountAsSubrequests) {
  AppLimits limits;
  limits.set(rpc::Limit::SUBREQUESTS, 2);
  TestApp tested =
      app("const results = []; for (let i = 0; i < 3; i++) { const socket = connect('db.test:1');"
          "results.push(await socket.opened.then(() => 'open', error => error.message));"
          "await socket.close() } return Response.json(results)",
          limits);
  EXPECT_EQ(tested.fetch().body,
            "[\"open\",\"open\",\"Too many subrequests: limits.subrequests: 2 requests allowed, 3 "
            "requests used\"]");
  EXPECT_EQ(peers_->size(), 2u);
}

TEST_F(OutboundSocketsTest, WaitForTheirTurnToConnect) {
  AppLimits limits;
  limits.set(rpc::Limit::OUTBOUND_AT_ONCE, 2);
  TestApp tested =
      app("const all = [1, 2, 3].map((port) => connect('slow.test:' + port));"
          "await Promise.all(all.map((socket) => socket.opened)); return new Response('open')",
          limits);
  const uint32_t id = tested.send({{}}).front();
  tested.await([&]() { return peers_->size() == 2; });
  tested.settle();
  EXPECT_EQ(peers_->size(), 2u);
  peer(1).open();
  tested.await([&]() { return peers_->size() == 3; });
  peer(0).open();
  peer(2).open();
  tested.await([&]() { return tested.hasReply(id); });
  EXPECT_EQ(tested.reply(id).body, "open");
}

// As on Workers, where it counts until it has its head: who keeps sockets open goes on.
TEST_F(OutboundSocketsTest, ThatAreOpenOrRefusedHoldNobodyUp) {
  AppLimits limits;
  limits.set(rpc::Limit::OUTBOUND_AT_ONCE, 1);
  TestApp tested =
      app("await connect('denied.test:1').opened.catch(() => {});"
          "const all = []; for (let i = 0; i < 10; i++) { all.push(connect('db.test:1'));"
          "await all.at(-1).opened } return new Response(String(all.length))",
          limits);
  EXPECT_EQ(tested.fetch().body, "10");
}

TEST_F(OutboundSocketsTest, CanBeClosedWhileTheyOpenReadAndWrite) {
  TestApp tested =
      app("const socket = connect('db.test:1'); const reading = socket.readable.getReader().read();"
          "await socket.close(); return Response.json(await reading)");
  EXPECT_EQ(tested.fetch().body, "{\"done\":true}");
  tested.await([&]() { return peer().isClosed; });
}

TEST_F(OutboundSocketsTest, OfAnIsolateThatBrokeALimitAreClosed) {
  AppLimits limits;
  limits.set(rpc::Limit::CPU, 50);
  TestApp tested =
      app("const socket = connect('db.test:1'); await socket.opened; for (;;) {}", limits);
  EXPECT_EQ(tested.fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
  tested.await([&]() { return peer().isClosed; });
}

}  // namespace
}  // namespace nano
