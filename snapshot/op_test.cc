#include "snapshot/op.h"

#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

int calls = 0;

double add(OpCall&, int32_t a, uint32_t b, double c) {
  ++calls;
  return a + static_cast<double>(b) + c;
}

bool negate(OpCall&, bool value) { return !value; }

v8::MaybeLocal<v8::String> doubled(OpCall& call, const Utf8& text) {
  const std::string twice = std::string(text.view()) + std::string(text.view());
  return v8::String::NewFromUtf8(call.isolate(), twice.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(twice.size()));
}

uint32_t latin1Bytes(OpCall&, const Latin1& text) {
  return static_cast<uint32_t>(text.view().size());
}

double sum(OpCall&, std::span<const std::byte> bytes) {
  double total = 0;
  for (const auto byte : bytes)
    total += std::to_integer<int>(byte);
  return total;
}

uint32_t fill(OpCall&, std::span<std::byte> bytes) {
  for (auto& byte : bytes)
    byte = std::byte{7};
  return static_cast<uint32_t>(bytes.size());
}

double hostTime(OpCall&, Host& host, int32_t plus) { return host.now() + plus; }

void breaks(OpCall&) { KJ_FAIL_ASSERT("a secret of the program"); }

v8::MaybeLocal<v8::Value> returnsNothing(OpCall&) { return {}; }

v8::MaybeLocal<v8::Value> throwsItself(OpCall& call) {
  call.isolate()->ThrowError("its own");
  return {};
}

class OpTest : public testing::Test {
 protected:
  OpTest() {
    calls = 0;
    world_.setFunction<bindOp<add>>("add");
    world_.setFunction<bindOp<negate>>("negate");
    world_.setFunction<bindOp<doubled>>("doubled");
    world_.setFunction<bindOp<latin1Bytes>>("latin1Bytes");
    world_.setFunction<bindOp<sum>>("sum");
    world_.setFunction<bindOp<fill>>("fill");
    world_.setFunction<bindOp<hostTime>>("hostTime");
    world_.setFunction<bindOp<breaks>>("breaks");
    world_.setFunction<bindOp<returnsNothing>>("returnsNothing");
    world_.setFunction<bindOp<throwsItself>>("throwsItself");
  }

  ScriptWorld world_;
};

TEST_F(OpTest, ConvertsNumbersAndBooleans) {
  EXPECT_EQ(world_.run("add(-1, 4294967295, 0.5)"), "4294967294.5");
  EXPECT_EQ(world_.run("negate(false)"), "true");
}

TEST_F(OpTest, RefusesAWrongTypeBeforeTheFunctionRuns) {
  EXPECT_EQ(world_.run("add('1', 2, 3)"), "throws TypeError: argument 1 must be a 32-bit integer");
  EXPECT_EQ(world_.run("add(1, -2, 3)"),
            "throws TypeError: argument 2 must be an unsigned 32-bit integer");
  EXPECT_EQ(world_.run("add(1, 2)"), "throws TypeError: argument 3 must be a number");
  EXPECT_EQ(world_.run("add(1.5, 2, 3)"), "throws TypeError: argument 1 must be a 32-bit integer");
  EXPECT_EQ(world_.run("negate(1)"), "throws TypeError: argument 1 must be a boolean");
  EXPECT_EQ(calls, 0);
}

TEST_F(OpTest, NeverConvertsAnObjectByItsOwnCode) {
  EXPECT_EQ(world_.run("let asked = false;"
                       "try { doubled({ toString() { asked = true; return 'x'; } }) } catch {}"
                       "asked"),
            "false");
}

TEST_F(OpTest, PassesTextAsUtf8AndReplacesLoneSurrogates) {
  EXPECT_EQ(world_.run("doubled('a\\u00e9\\u20ac')"), "aé€aé€");
  EXPECT_EQ(world_.run("doubled('\\ud800')"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(world_.run("doubled('x'.repeat(300) + '\\u20ac').length"), "602");
}

TEST_F(OpTest, TakesOnlyOneByteCharactersForLatin1) {
  EXPECT_EQ(world_.run("latin1Bytes('\\u00ff'.repeat(1000))"), "1000");
  EXPECT_EQ(world_.run("latin1Bytes('\\u0100')"),
            "throws TypeError: argument 1 must be a string of characters up to U+00FF");
}

TEST_F(OpTest, ReadsTheBytesOfEveryKindOfView) {
  EXPECT_EQ(world_.run("sum(new Uint8Array([1, 2, 3]))"), "6");
  EXPECT_EQ(world_.run("sum(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))"), "5");
  EXPECT_EQ(world_.run("sum(new Uint8Array(1000).fill(1))"), "1000");
  EXPECT_EQ(world_.run("sum(new Uint8Array([9, 1]).buffer)"), "10");
  EXPECT_EQ(world_.run("sum(new DataView(new Uint8Array([9, 1, 1]).buffer, 1))"), "2");
  EXPECT_EQ(world_.run("sum(new Uint16Array([0x0101]))"), "2");
  EXPECT_EQ(world_.run("sum([1])"), "throws TypeError: argument 1 must be an ArrayBuffer or view");
}

TEST_F(OpTest, SeesNoBytesInADetachedBuffer) {
  world_.run("const b = new ArrayBuffer(100); const v = new Uint8Array(b); structuredClone;");
  EXPECT_EQ(
      world_.run("const c = new Uint8Array(100); c.buffer.transfer(); sum(c) + sum(c.buffer)"),
      "0");
  EXPECT_EQ(world_.run("fill(c)"), "0");
}

TEST_F(OpTest, StaysInsideABufferThatShrankUnderItsView) {
  world_.run(
      "const r = new ArrayBuffer(100, { maxByteLength: 200 });"
      "const fixed = new Uint8Array(r, 50, 50); const tracking = new Uint8Array(r, 10);"
      "const data = new DataView(r, 50, 50);"
      "new Uint8Array(r).fill(1); r.resize(60);");
  EXPECT_EQ(world_.run("sum(tracking)"), "50");
  EXPECT_EQ(world_.run("sum(fixed)"), "0");
  EXPECT_EQ(world_.run("sum(data)"), "0");
  EXPECT_EQ(world_.run("fill(fixed) + ',' + fill(tracking) + ',' + fill(data)"), "0,50,0");
  EXPECT_EQ(world_.run("r.resize(200); sum(tracking)"), "350");
}

TEST_F(OpTest, WritesIntoSmallAndLargeArrays) {
  EXPECT_EQ(world_.run("const s = new Uint8Array(3); fill(s.subarray(1)); s.join()"), "0,7,7");
  EXPECT_EQ(world_.run("const l = new Uint8Array(300); fill(l); l[299]"), "7");
}

TEST_F(OpTest, ThrowsWhereThereIsNoHost) {
  EXPECT_EQ(world_.run("hostTime(1)"),
            "throws Error: not possible while the snapshot is built: there is no running program");
}

TEST_F(OpTest, TellsJavaScriptNothingOfAnInternalError) {
  EXPECT_EQ(world_.run("breaks()"), "throws Error: internal error");
}

TEST_F(OpTest, ThrowsWhenAResultIsMissing) {
  EXPECT_EQ(world_.run("returnsNothing()"), "throws RangeError: The result is too large");
  EXPECT_EQ(world_.run("throwsItself()"), "throws Error: its own");
}

}  // namespace
}  // namespace nano
