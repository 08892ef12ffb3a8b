#include <gtest/gtest.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

class CloneOpsTest : public testing::Test {
 protected:
  CloneOpsTest() {
    world_.run(
        "class CloneError extends Error {}"
        "class Platform {}"
        "const clone = (value, transfer) => ops.structuredCloneValue(value, transfer,"
        "  [(message) => new CloneError(message), (object) => object instanceof Platform,"
        "   (object) => object.number, () => [{ number: 0 }, { number: 1 }, 'no object']]);"
        "const reason = (f) => { try { return f(); } catch (e) { return e.constructor.name; } };");
  }
  ScriptWorld world_;
};

TEST_F(CloneOpsTest, CopiesGraphs) {
  EXPECT_EQ(world_.run("const a = { m: new Map([[1, new Date(5)]]), e: new RangeError('x') };"
                       "a.self = a; const b = clone(a);"
                       "[b !== a, b.self === b, b.m.get(1).getTime(), b.e instanceof RangeError]"
                       ".join()"),
            "true,true,5,true");
}

TEST_F(CloneOpsTest, RefusesFunctionsSymbolsAndPlatformObjects) {
  EXPECT_EQ(world_.run("reason(() => clone({ f() {} }))"), "CloneError");
  EXPECT_EQ(world_.run("reason(() => clone(Symbol()))"), "CloneError");
  EXPECT_EQ(world_.run("reason(() => clone([new Platform()]))"), "CloneError");
  EXPECT_EQ(world_.run("const m = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });"
                       "reason(() => clone(m.buffer))"),
            "CloneError");
}

TEST_F(CloneOpsTest, HasPlatformObjectsReplaced) {
  EXPECT_EQ(world_.run("const p = new Platform(); p.number = 1;"
                       "const c = clone({ a: p, b: [p], n: 1 });"
                       "[c.a.number, c.a === c.b[0], c.a === p, c.n].join()"),
            "1,true,false,1");
  EXPECT_EQ(world_.run("p.number = -1; reason(() => clone(p))"), "CloneError");
  for (const char* number : {"2", "3", "4294967295"}) {
    EXPECT_EQ(world_.run(std::string("p.number = ") + number + "; reason(() => clone(p))"),
              "Error");
  }
  EXPECT_EQ(world_.run("reason(() => ops.structuredCloneValue(p, undefined,"
                       "  [, () => true, () => 0, () => { throw new RangeError(); }]))"),
            "RangeError");
}

TEST_F(CloneOpsTest, RefusesCompiledCode) {
  EXPECT_EQ(
      world_.run(
          "const code = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));"
          "reason(() => clone(code))"),
      "CloneError");
}

TEST_F(CloneOpsTest, PassesOnWhatAGetterThrows) {
  EXPECT_EQ(world_.run("reason(() => clone({ get x() { throw new RangeError(); } }))"),
            "RangeError");
}

TEST_F(CloneOpsTest, MovesTransferredBuffers) {
  EXPECT_EQ(
      world_.run("const t = new Uint8Array([1, 2, 3]); const moved = clone({ t }, [t.buffer]);"
                 "[t.length, t.buffer.detached, moved.t.join('')].join()"),
      "0,true,123");
  EXPECT_EQ(
      world_.run("const r = new ArrayBuffer(2, { maxByteLength: 8 });"
                 "const r2 = clone(r, [r]); [r2.resizable, r2.maxByteLength, r.detached].join()"),
      "true,8,true");
}

TEST_F(CloneOpsTest, RefusesWhatCannotBeTransferred) {
  EXPECT_EQ(world_.run("reason(() => clone(1, [{}]))"), "CloneError");
  EXPECT_EQ(world_.run("const d = new ArrayBuffer(1); reason(() => clone(d, [d, d]))"),
            "CloneError");
  EXPECT_EQ(world_.run("d.detached"), "false");
  EXPECT_EQ(world_.run("const g = new ArrayBuffer(1); g.transfer(); reason(() => clone(1, [g]))"),
            "CloneError");
  EXPECT_EQ(world_.run("const s = new ArrayBuffer(1);"
                       "reason(() => clone({ get x() { s.transfer(); return 1; } }, [s]))"),
            "CloneError");
  EXPECT_EQ(world_.run("const w = new WebAssembly.Memory({ initial: 1 }).buffer;"
                       "reason(() => clone(w, [w]))"),
            "CloneError");
}

TEST_F(CloneOpsTest, BoundsTheMemoryOfACopy) {
  EXPECT_EQ(world_.run("reason(() => clone(new Uint8Array(100 << 20)))"), "CloneError");
  EXPECT_EQ(world_.run("const big = new Uint8Array(100 << 20);"
                       "clone(big, [big.buffer]).length"),
            "104857600");
}

TEST_F(CloneOpsTest, ThrowsAPlainErrorWithoutTheFunctionThatMakesOne) {
  EXPECT_EQ(world_.run("ops.structuredCloneValue(() => 1, undefined, [])"),
            "throws Error: () => 1 could not be cloned.");
}

}  // namespace
}  // namespace nano
