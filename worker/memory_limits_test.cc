// What an app may hold: heap, buffers of every kind, WebAssembly.

#include "worker/test_bodies.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

using MemoryLimitsTest = WorkerTest;

// A handler that answers with what `expression` gives, or with the name of what it throws.
TestVersion answering(const std::string& expression) {
  TestVersion version = TestVersion::handling(
      "try { return new Response(String(" + expression +
      ")) } catch (error) { return new Response(error.name + ': ' + error.message); }");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  version.limits.set(rpc::Limit::CPU, 5000);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 5000);
  return version;
}

TEST_F(MemoryLimitsTest, StopsAHeapBombAndServesTheNextRequest) {
  TestVersion version = TestVersion::handling(
      "if (!request.url.endsWith('/bomb')) return new Response('ok');"
      "const all = []; for (;;) all.push(JSON.parse('[1,2,3,4,5,6]'))");
  version.limits.set(rpc::Limit::HEAP, 32);
  version.limits.set(rpc::Limit::CPU, 5000);
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/bomb").outcome, rpc::Outcome::EXCEEDED_MEMORY);
  EXPECT_EQ(app.fetch().body, "ok");
}

TEST_F(MemoryLimitsTest, RefusesArrayBuffersPastTheirBudgetWithARangeError) {
  TestVersion version = TestVersion::handling(
      "const all = []; try { for (;;) all.push(new Uint8Array(1 << 20)); }"
      "catch (error) { return new Response(error.name + ' after ' + all.length); }");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  version.limits.set(rpc::Limit::CPU, 5000);
  TestApp app = load(version);
  const TestReply reply = app.fetch();
  EXPECT_EQ(reply.body, "RangeError after 8") << static_cast<int>(reply.outcome) << app.allLines();
}

TEST_F(MemoryLimitsTest, FreesTheBudgetOfBuffersThatAreGone) {
  TestVersion version = TestVersion::handling(
      "let sum = 0; for (let i = 0; i < 50; i++) sum += new Uint8Array(1 << 20).length;"
      "return new Response(String(sum >> 20))");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  version.limits.set(rpc::Limit::CPU, 5000);
  EXPECT_EQ(load(version).fetch().body, "50");
}

TEST_F(MemoryLimitsTest, NamesTheLimitOfABufferThatDidNotFit) {
  TestApp app = load(answering("new Uint8Array(9 << 20).length"));
  EXPECT_TRUE(app.fetch().body.starts_with("RangeError: "));
  app.awaitLines(1);
  EXPECT_EQ(app.lines().front().message,
            "A buffer did not fit: limits.buffers_mb: 8 MB allowed, 0 MB used");
}

TEST_F(MemoryLimitsTest, CountsAResizableBufferAsItGrows) {
  TestApp app = load(
      answering("[1, 5, 9].map(mb => { try { (globalThis.b ||= new ArrayBuffer(1, { maxByteLength: "
                "2 ** 32 })).resize(mb << 20); return b.byteLength >> 20 }"
                "catch (error) { return error.name } })"));
  EXPECT_EQ(app.fetch().body, "1,5,RangeError");
}

TEST_F(MemoryLimitsTest, RefusesResizableBuffersOfAnySize) {
  EXPECT_TRUE(load(answering("new ArrayBuffer(0, { maxByteLength: 2 ** 40 }).resize(2 ** 36)"))
                  .fetch()
                  .body.starts_with("RangeError: "));
  EXPECT_TRUE(load(answering("new ArrayBuffer(2 ** 36, { maxByteLength: 2 ** 39 })"))
                  .fetch()
                  .body.starts_with("RangeError: "));
  // Address space alone is bounded too.
  const TestReply reply = load(answering("Array.from({ length: 200 }, () => new ArrayBuffer(0, { "
                                         "maxByteLength: 2 ** 33 })).length"))
                              .fetch();
  EXPECT_TRUE(reply.body.starts_with("RangeError: "))
      << reply.body << static_cast<int>(reply.outcome) << reply.breach.allowed;
}

TEST_F(MemoryLimitsTest, RefusesEmptyResizableBuffersPastTheirNumberAndCollectsThoseThatAreGone) {
  TestApp app = load(
      answering("(() => { const all = []; try { for (;;) all.push(new ArrayBuffer(0, { "
                "maxByteLength: 1 })) } catch (error) { return error.name + all.length } })()"));
  EXPECT_EQ(app.fetch().body, "RangeError1024");
  EXPECT_EQ(load(answering("(() => { let n = 0; for (let i = 0; i < 5000; i++)"
                           "n += new ArrayBuffer(0, { maxByteLength: 1 }).maxByteLength;"
                           "return n })()"))
                .fetch()
                .body,
            "5000");
}

TEST_F(MemoryLimitsTest, GetsTheTailOfAShrunkBufferBack) {
  TestApp app =
      load(answering("(() => { const b = new ArrayBuffer(6 << 20, { maxByteLength: 8 << 20 });"
                     "b.resize(1 << 20); return new Uint8Array(6 << 20).length >> 20 })()"));
  EXPECT_EQ(app.fetch().body, "6");
}

TEST_F(MemoryLimitsTest, RefusesAWasmMemoryPastTheBudget) {
  EXPECT_EQ(load(answering("new WebAssembly.Memory({ initial: 100 }).buffer.byteLength >> 16"))
                .fetch()
                .body,
            "100");
  EXPECT_TRUE(load(answering("new WebAssembly.Memory({ initial: 200 })"))
                  .fetch()
                  .body.starts_with("RangeError: "));
  EXPECT_TRUE(load(answering("new WebAssembly.Memory({ initial: 1 }).grow(200)"))
                  .fetch()
                  .body.starts_with("RangeError: "));
  // security 3.1: whatever the budget.
  TestVersion version = answering("new WebAssembly.Memory({ initial: 1025 })");
  version.limits.set(rpc::Limit::BUFFERS, 512);
  EXPECT_FALSE(load(version).fetch().body.starts_with("[object"));
}

TEST_F(MemoryLimitsTest, LetsAnInstanceGrowItsMemoryUpToTheBudgetOnly) {
  using namespace std::string_literals;
  // (module (memory 1) (func (export "grow") (param i32) (result i32) local.get 0 memory.grow 0))
  const std::string module =
      "\0asm\1\0\0\0\1\6\1\x60\1\x7f\1\x7f\3\2\1\0\5\3\1\0\1\7\x08\1\4grow\0\0"
      "\x0a\x08\1\6\0\x20\0\x40\0\x0b"s;
  TestVersion version{{{"index.js",
                        "import module from './grow.wasm';"
                        "const { grow } = new WebAssembly.Instance(module).exports;"
                        "export default { fetch() {"
                        "return new Response([grow(50), grow(500), grow(10)].join()) } }"},
                       {"grow.wasm", module, rpc::Module::Kind::WASM}}};
  version.limits.set(rpc::Limit::BUFFERS, 8);
  TestApp app = load(version);
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.fetch().body, "1,-1,51");
}

TEST_F(MemoryLimitsTest, FreesTheBudgetOfMemoriesThatAreGone) {
  EXPECT_EQ(load(answering("(() => { let n = 0; for (let i = 0; i < 40; i++) {"
                           "new WebAssembly.Memory({ initial: 64 });"
                           "new ArrayBuffer(1 << 20, { maxByteLength: 2 << 20 }); n++ }"
                           "return n })()"))
                .fetch()
                .body,
            "40");
}

TEST_F(MemoryLimitsTest, GrowsABufferOnceTheGarbageThatFilledTheBudgetIsCollected) {
  TestVersion version = TestVersion::handling(
      "const all = []; try { for (;;) {"
      "if (request.url.endsWith('/fill')) all.push(new Uint8Array(1 << 20));"
      "else { const b = new ArrayBuffer(1, { maxByteLength: 1 << 20 }); b.resize(1 << 20);"
      "all.push(b); } } } catch (error) { return new Response(String(all.length > 4)); }");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  version.limits.set(rpc::Limit::CPU, 5000);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 5000);
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/fill").body, "true");
  EXPECT_EQ(app.get("http://app.test/grow").body, "true");
  EXPECT_EQ(app.get("http://app.test/grow").body, "true");
}

TEST_F(MemoryLimitsTest, HasNoSharedMemory) {
  EXPECT_EQ(load(answering("typeof SharedArrayBuffer")).fetch().body, "undefined");
  EXPECT_EQ(load(answering("new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })"))
                .fetch()
                .body,
            "TypeError: WebAssembly.Memory(): shared memory is not available");
  // The descriptor answers twice, the constructor is looked up where it hides.
  EXPECT_TRUE(load(answering("new (new WebAssembly.Memory({ initial: 1 }).constructor)({ initial: "
                             "1, maximum: 1, get shared() { return (globalThis.n = "
                             "(globalThis.n | 0) + 1) % 2 === 0 || n === 1 } })"))
                  .fetch()
                  .body.starts_with("TypeError: "));
  EXPECT_EQ(load(answering("[new WebAssembly.Memory({ initial: 1 }) instanceof WebAssembly.Memory,"
                           "WebAssembly.Memory.name, WebAssembly.Memory.length,"
                           "new (class extends WebAssembly.Memory {})({ initial: 1 }).buffer."
                           "byteLength]"))
                .fetch()
                .body,
            "true,Memory,1,65536");
}

TEST_F(MemoryLimitsTest, CollectsManySmallBuffersThatNobodyHolds) {
  EXPECT_EQ(load(answering("(() => { let sum = 0; for (let i = 0; i < 1e6; i++)"
                           "sum += new ArrayBuffer(64).byteLength; return sum })()"))
                .fetch()
                .body,
            "64000000");
}

TEST_F(MemoryLimitsTest, CountsWhatSmallBuffersTakeBesideTheirBytes) {
  EXPECT_TRUE(load(answering("(() => { const all = []; for (let i = 0; i < 1e5; i++)"
                             "all.push(new ArrayBuffer(1)); return all.length })()"))
                  .fetch()
                  .body.starts_with("RangeError: "));
}

TEST_F(MemoryLimitsTest, StopsStringsThatDouble) {
  const std::string body =
      load(answering("(() => { let s = 'x'; for (;;) s += s })()")).fetch().body;
  EXPECT_EQ(body, "RangeError: Invalid string length");
}

TEST_F(MemoryLimitsTest, ExtendsAFullHeapOnlyOnce) {
  // Each round is more than what V8 gives to unwind in, were it given again and again.
  TestVersion version = TestVersion::handling(
      "const all = []; const fill = () => { for (;;) all.push(JSON.parse('[1,2,3,4,5,6]')) };"
      "for (;;) { try { fill() } catch {} }");
  version.limits.set(rpc::Limit::HEAP, 32);
  version.limits.set(rpc::Limit::CPU, 5000);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 5000);
  const TestReply reply = load(version).fetch();
  EXPECT_EQ(reply.outcome, rpc::Outcome::EXCEEDED_MEMORY);
  EXPECT_EQ(reply.breach.limit, rpc::Limit::HEAP);
  EXPECT_EQ(reply.breach.allowed, 32u);
}

TEST_F(MemoryLimitsTest, CountsAResponseBodyThatNobodyReads) {
  TestApp app = load(answering("'x'.repeat(5 << 20)"));
  const TestReply first = app.fetch();
  ASSERT_EQ(first.outcome, rpc::Outcome::OK);
  // The first one's bytes are held until somebody reads them.
  EXPECT_EQ(app.fetch().outcome, rpc::Outcome::EXCEPTION);
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("limits.buffers_mb: 8 MB allowed, 5 MB used"), std::string::npos)
      << app.allLines();
}

TEST_F(MemoryLimitsTest, LetsAResponseStreamGoWhoseChunkDidNotFit) {
  TestVersion version = TestVersion::handling(
      "if (request.url.endsWith('/next')) return new Response(new Uint8Array(7 << 20).length >> "
      "20);"
      "let n = 0; return new Response(new ReadableStream({"
      "  pull(c) { if (n++ < 2) c.enqueue(new Uint8Array(3 << 20)); },"
      "  cancel(reason) { console.log(String(reason)); } }, { highWaterMark: 2 }));");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  TestApp app = load(version);
  TestReply reply = app.fetch();
  EXPECT_NE(kj::runCatchingExceptions([&]() { readAll(loop_, KJ_ASSERT_NONNULL(reply.stream)); }),
            nullptr);
  app.awaitLines(3);
  EXPECT_NE(app.allLines().find("RangeError: The body does not fit into limits.buffers_mb"),
            std::string::npos)
      << app.allLines();
  // Nor what its stream had queued.
  EXPECT_EQ(app.get("http://app.test/next").body, "7") << app.allLines();
}

TEST_F(MemoryLimitsTest, SurvivesAStackTraceLimitOfInfinity) {
  const std::string body =
      load(answering("(() => { Error.stackTraceLimit = Infinity;"
                     "Error.prepareStackTrace = (error, sites) => sites.length;"
                     "const f = n => n === 0 ? new Error('x').stack : f(n - 1); return f(5000) "
                     "> 1 })()"))
          .fetch()
          .body;
  EXPECT_EQ(body, "true");
}

}  // namespace
}  // namespace nano
