// Calls by service bindings that go on after they are answered, in a real isolate: what the other
// side hears of each, and what becomes of it when one of them ends.

#include "protocol/byte_source.h"
#include "worker/test_bodies.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

constexpr char kApp[] = R"(
  import { RpcTarget, WorkerEntrypoint } from 'cloudflare:workers';
  class Adder extends RpcTarget {
    add(a, b) { return a + b; }
    [Symbol.dispose]() { console.log('let go'); }
  }
  export default class extends WorkerEntrypoint {
    fetch() { return new Response('here'); }
    make() { return new Adder(); }
  }
)";

kj::Array<kj::byte> bytesOf(const std::string& text) {
  return kj::heapArray<kj::byte>(reinterpret_cast<const kj::byte*>(text.data()), text.size());
}

std::string text(const char* bytes, size_t size) { return {bytes, size}; }

// A message of a session (snapshot/js/rpc/link.js): kind, the stubs in it, the value.
std::string frame(char kind, const std::string& stubs, const std::string& value) {
  std::string head{kind, 1, 0, 0};
  for (size_t size : {stubs.size(), value.size()})
    head += {static_cast<char>(size), 0, 0, 0};
  return head + stubs + value;
}
// V8's form of [], [1, 1, 'add', [2, 3]], [1, 5] and [['Stub', 1]].
const std::string kNoArguments("\1\0\0\0\0\0\0\0\7\0\0\0\xff\x0f\x41\0\x24\0\0", 19);
const std::string kAddTwoAndThree =
    frame(16, "", text("\xff\x0f\x41\4I\2I\2\"\3addA\2I\4I\6$\0\2$\0\4", 25));
const std::string kFive = text("\xff\x0f\x41\2I\2I\x0a$\0\2", 11);
const std::string kOneStub = text("\xff\x0f\x41\1A\2\"\4StubI\2$\0\2$\0\1", 20);

// Takes what a caller goes on to say.
struct Upstream final : public rpc::Upstream::Server {
  explicit Upstream(kj::Own<kj::PromiseFulfiller<rpc::ByteSource::Client>> given)
      : fulfiller(kj::mv(given)) {}
  kj::Promise<void> attach(AttachContext context) override {
    fulfiller->fulfill(context.getParams().getSource());
    return kj::READY_NOW;
  }
  kj::Own<kj::PromiseFulfiller<rpc::ByteSource::Client>> fulfiller;
};

class TwoWayCallsTest : public WorkerTest {
 protected:
  static std::string take(TestApp& app, ByteReader& reader) {
    const ByteChunk chunk = app.loop().run(reader.read(kMaxReadBytes));
    return {chunk.bytes.asChars().begin(), chunk.bytes.size()};
  }
};

TEST_F(TwoWayCallsTest, AnAnswererHearsItsCallerUntilThatLeaves) {
  TestApp app = load(TestVersion::of(kApp));
  auto reply = app.fetch({.method = "POST", .body = kNoArguments, .rpcMethod = "make"});
  ASSERT_EQ(reply.outcome, rpc::Outcome::OK);
  {
    ByteReader heard(kj::mv(KJ_ASSERT_NONNULL(reply.stream)));
    reply.stream = nullptr;
    EXPECT_EQ(take(app, heard), frame(3, kOneStub, text("\xff\x0f\\\0", 4)));
    auto attach = KJ_ASSERT_NONNULL(reply.upstream).attachRequest();
    attach.setSource(*TestSource{{kAddTwoAndThree}, TestSource::End::kHangs}.make());
    app.loop().run(attach.send().ignoreResult());
    EXPECT_EQ(take(app, heard), frame(17, "", kFive));
    EXPECT_EQ(app.allLines(), "");
  }
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("let go"), std::string::npos);
}

// What is answered to it would gather for as long as it likes.
TEST_F(TwoWayCallsTest, ACallerThatCallsAndDoesNotReadIsGivenUp) {
  TestApp app = load(TestVersion::of(kApp));
  auto reply = app.fetch({.method = "POST", .body = kNoArguments, .rpcMethod = "make"});
  ASSERT_EQ(reply.outcome, rpc::Outcome::OK);
  std::string calls;
  for (int i = 0; i < 500; ++i)
    calls += kAddTwoAndThree;
  auto attach = KJ_ASSERT_NONNULL(reply.upstream).attachRequest();
  attach.setSource(
      *TestSource{std::vector<std::string>(10, calls), TestSource::End::kHangs}.make());
  app.loop().run(attach.send().ignoreResult());
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("let go"), std::string::npos);
}

TEST_F(TwoWayCallsTest, ACallerIsHeardUntilItsRequestIsOver) {
  TestVersion version = TestVersion::handling(
      "const stub = await env.SVC.make(); return new Response(await stub.add(2, 3));");
  version.services = {"SVC"};
  TestApp app = load(version);
  const uint32_t id = app.send({{}}).front();
  auto attached = kj::newPromiseAndFulfiller<rpc::ByteSource::Client>();
  auto five = kj::newPromiseAndFulfiller<ByteChunk>();
  auto isDropped = std::make_shared<bool>(false);
  auto produce = [reads = 0, answer = kj::mv(five.promise),
                  drop = kj::defer([isDropped]() { *isDropped = true; })](
                     size_t) mutable -> kj::Promise<ByteChunk> {
    if (++reads == 1) return ByteChunk{bytesOf(frame(3, kOneStub, text("\xff\x0f\\\0", 4))), false};
    if (reads > 2) return kj::NEVER_DONE;
    return kj::mv(answer);
  };
  app.answerFetch(
      app.awaitFetch().id,
      {.stream = std::make_shared<rpc::ByteSource::Client>(makeByteSource(kj::mv(produce))),
       .upstream = std::make_shared<rpc::Upstream::Client>(
           kj::heap<Upstream>(kj::mv(attached.fulfiller)))});
  ByteReader said(app.loop().run(kj::mv(attached.promise)));
  EXPECT_EQ(take(app, said), kAddTwoAndThree);
  EXPECT_FALSE(app.hasReply(id));
  const std::string answer = frame(17, "", kFive);
  five.fulfiller->fulfill(ByteChunk{bytesOf(answer), false});
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body, "5");
  EXPECT_ANY_THROW(take(app, said)) << "the request that it was for is over";
  app.await([&]() { return *isDropped; });
}

// What is lost would else be waited for as long as the request lasts.
TEST_F(TwoWayCallsTest, AFrameThatDoesNotFitBreaksTheCallOff) {
  TestVersion version = TestVersion::handling(
      "const stub = await env.SVC.make();"
      "try { const sum = stub.add('x'.repeat(1 << 20), 3);"
      "  globalThis.held = new Uint8Array(13 << 19); return new Response(await sum); }"
      "catch (error) { return new Response(`${error.message} ${error.cause.name}`); }");
  version.services = {"SVC"};
  version.limits.set(rpc::Limit::BUFFERS, 8);
  TestApp app = load(version);
  const uint32_t id = app.send({{}}).front();
  auto attached = kj::newPromiseAndFulfiller<rpc::ByteSource::Client>();
  app.answerFetch(
      app.awaitFetch().id,
      {.stream = TestSource{{frame(3, kOneStub, text("\xff\x0f\\\0", 4))}, TestSource::End::kHangs}
                     .make(),
       .upstream = std::make_shared<rpc::Upstream::Client>(
           kj::heap<Upstream>(kj::mv(attached.fulfiller)))});
  ByteReader said(app.loop().run(kj::mv(attached.promise)));
  EXPECT_ANY_THROW(take(app, said));
  app.await([&]() { return app.hasReply(id); });
  EXPECT_EQ(app.reply(id).body,
            "The stub is broken: The body does not fit into limits.buffers_mb RangeError");
}

}  // namespace
}  // namespace nano
