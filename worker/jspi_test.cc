// Calls of WebAssembly that wait for promises (WebAssembly.promising), each on a stack of its own.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using JspiTest = WorkerTest;

// promisingOf(wait) gives a function of WebAssembly that takes and gives a number by wait(number).
constexpr char kPromising[] = R"js(
  const kBytes = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f,
    2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 1,
    10, 8, 1, 6, 0, 0x20, 0, 0x10, 0, 0x0b]);
  const promisingOf = (wait) => WebAssembly.promising(new WebAssembly.Instance(
    new WebAssembly.Module(kBytes), { m: { f: new WebAssembly.Suspending(wait) } }).exports.run);
  const go = [];
  const run = promisingOf((number) => new Promise((resolve) => go.push(() => resolve(number))));
  const settle = (all) => {
    for (const one of go.splice(0)) one();
    return Promise.all(all);
  };
  // As many calls as there is room for.
  const fill = () => {
    const all = [];
    try {
      for (;;) all.push(run(all.length));
    } catch (error) {
      return { all, error };
    }
  };
)js";

TestVersion calling(const std::string& body) {
  TestVersion version = TestVersion::of(
      std::string(kPromising) +
      "export default { async fetch(request) { try { return new Response(String(await (async () => "
      "{ " +
      body +
      " })())); } catch (error) { return new Response(error.name + ': ' + error.message); } } };");
  version.codegen = true;
  version.limits.set(rpc::Limit::BUFFERS, 8);
  version.limits.set(rpc::Limit::CPU, 10'000);
  version.limits.set(rpc::Limit::CPU_AVERAGE, 10'000);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 10'000);
  return version;
}

TEST_F(JspiTest, CallsThatWaitCountOnTheBudgetOfBuffers) {
  TestApp app =
      load(calling("const { all, error } = fill(); return [all.length, error.name, "
                   "error.message, (await settle(all)).join('')]"));
  EXPECT_EQ(app.fetch().body,
            "8,RangeError,WebAssembly.promising(): There is no memory for another stack "
            "(buffers_mb),01234567");
  EXPECT_EQ(app.fetch().body.substr(0, 12), "8,RangeError");
  app.awaitLines(1);
  EXPECT_NE(app.allLines().find("limits.buffers_mb: 8 MB allowed, 7 MB used"), std::string::npos)
      << app.allLines();
}

TEST_F(JspiTest, StacksOfCallsThatAreOverAreForOthers) {
  EXPECT_EQ(load(calling("let sum = 0; for (let i = 0; i < 200; i++) {"
                         "  const all = []; for (let k = 0; k < 7; k++) all.push(run(k));"
                         "  sum += (await settle(all)).length;"
                         "} return sum + ' ' + new Uint8Array(7 << 20).length"))
                .fetch()
                .body,
            "1400 7340032");
}

// A buffer of this size is asked for as a stack is.
TEST_F(JspiTest, ABufferOfTheSizeOfAStackIsStillABuffer) {
  EXPECT_EQ(load(calling("const b = new ArrayBuffer(1, { maxByteLength: 992 * 1024 });"
                         "b.resize(992 * 1024); b.resize(4096); b.resize(8192);"
                         "const all = [], more = []; try { for (;;) all.push(new ArrayBuffer("
                         "992 * 1024, { maxByteLength: 992 * 1024 })) } catch (error) {"
                         "return [b.byteLength, all.length, error.name] }"))
                .fetch()
                .body,
            "8192,8,RangeError");
}

// V8 converts arguments before it makes the stack, and would end the process for want of one.
TEST_F(JspiTest, AnArgumentThatFillsTheBudgetStopsItsApp) {
  for (const char* filling : {"all.push(new ArrayBuffer(1 << 16))",
                              "all.push(new ArrayBuffer(0, { maxByteLength: 1 }))"}) {
    TestApp app =
        load(calling(std::string("if (request.url.endsWith('/fill')) {"
                                 "const all = []; return run({ valueOf() { try { for (;;) ") +
                     filling + " } catch { return 1 } } }) } return await settle([run(2)])"));
    const TestReply stopped = app.get("http://app.test/fill");
    EXPECT_EQ(stopped.outcome, rpc::Outcome::EXCEEDED_MEMORY) << filling;
    EXPECT_EQ(stopped.breach.limit, rpc::Limit::BUFFERS) << filling;
    EXPECT_EQ(app.fetch().body, "2") << filling;
  }
}

TEST_F(JspiTest, CallsWithinCallsAreBoundedToo) {
  EXPECT_EQ(load(calling("let depth = 0; const nested = promisingOf(() => { depth++;"
                         "return nested(1) }); try { return await nested(1) } catch (error) {"
                         "return [error.name, depth] }"))
                .fetch()
                .body,
            "RangeError,8");
}

TEST_F(JspiTest, ARequestThatLeftItsCallsLeavesRoomForTheNext) {
  TestApp app = load(calling("return fill().all.length"));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(app.fetch().body, "8") << i << app.allLines();
  EXPECT_NE(app.allLines().find("hold 8 stacks"), std::string::npos) << app.allLines();
}

// Nobody's CPU time would pay for it, once for each request.
TEST_F(JspiTest, NothingIsCollectedAfterARequestWhereThereAreNoStacks) {
  TestApp app = load(
      calling("if (request.url.endsWith('/seen')) return globalThis.weak.deref() !== undefined;"
              "globalThis.all = new Uint8Array(15 << 19);"
              "let name = ''; try { run(1) } catch (error) { name = error.name }"
              // A turn begins by collecting what the one before it had no room for.
              "await scheduler.wait(1);"
              "globalThis.weak = new WeakRef({ a: 1 }); return name"));
  EXPECT_EQ(app.fetch().body, "RangeError");
  app.settle();
  EXPECT_EQ(app.get("http://app.test/seen").body, "true");
}

TEST_F(JspiTest, BuffersThatAreGoneLeaveRoomForAStack) {
  EXPECT_EQ(load(calling("for (let i = 0; i < 15; i++) new Uint8Array(1 << 19);"
                         "return await settle([run(2)])"))
                .fetch()
                .body,
            "2");
}

// What is called is reached by nobody but the wrapper.
TEST_F(JspiTest, NothingThatAnAppPatchesLetsACallPast) {
  TestVersion version = calling(
      "Object.defineProperty = Reflect.apply = Function.prototype.apply = Function.prototype.call "
      "= () =>"
      "{ throw 1 }; Object.prototype.get = 1; Array.prototype[Symbol.iterator] = null;"
      "const { all, error } = fill(); return all.length + error.name");
  EXPECT_EQ(load(version).fetch().body, "8RangeError");
}

}  // namespace
}  // namespace nano
