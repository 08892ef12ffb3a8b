// Messages of calls. What comes in may be any bytes: another app's worker has sent them.

#include <gtest/gtest.h>

#include "snapshot/crypto/crypto_test_host.h"
#include "snapshot/script_world.h"

namespace nano {
namespace {

class RpcOpsTest : public testing::Test {
 protected:
  RpcOpsTest() {
    world_.run(
        "class CloneError extends Error {}"
        "class Platform {}"
        "const packed = [['packed', 1], ['packed', 2]];"
        "const hooks = [(message) => new CloneError(message), (o) => o instanceof Platform,"
        "               (o) => o.number, () => packed];"
        "const write = (value, most = 1e6) => ops.writeMessage(3, value, hooks, most);"
        "const read = (bytes) => ops.readMessage(bytes, (list) => list.map((l) => ({ was: l })));"
        "const reason = (f) => { try { f(); return 'fine'; } catch (e) { return e.message; } };"
        "const platform = (number) => Object.assign(new Platform(), { number });"
        // A value of every kind that V8's format has a tag for, without what points elsewhere.
        "const rich = () => { const o = { text: 'one byte', wide: '\\u4e2d\\u6587', list: [1, -2,"
        "  2.5, , null, undefined, true], sparse: Object.assign([], { 100000: 1 }), big: -(2n ** "
        "90n),"
        "  date: new Date(5), pattern: /a+(b|c)*/giu, map: new Map([[1, { x: 1 }], ['k', new "
        "Set([1])]]),"
        "  bytes: new Uint8Array([1, 2, 3]), floats: new Float64Array([1.5]),"
        "  view: new DataView(new ArrayBuffer(8), 2, 4), grows: new ArrayBuffer(8, { "
        "maxByteLength: 64 }),"
        "  error: new RangeError('r', { cause: 'c' }), boxed: [Object(1), Object('s'), "
        "Object(true),"
        "  Object(1n)], deep: { a: { b: { c: [[[[]]]] } } }, p: platform(1) };"
        "  o.self = o; o.again = o.bytes.buffer; return o; };");
  }
  CryptoTestHost host_;
  ScriptWorld world_{&host_};
};

TEST_F(RpcOpsTest, AMessageIsReadAsItWasWritten) {
  EXPECT_EQ(world_.run("const back = read(write(rich()));"
                       "[back.text, back.wide, back.list.length, back.sparse.length, back.big,"
                       " back.date.getTime(), back.pattern.flags, back.map.get(1).x, back.bytes[2],"
                       " back.again === back.bytes.buffer, back.error.message, back.self === back,"
                       " back.p.was.join()].join()"),
            "one byte,\xe4\xb8\xad\xe6\x96\x87,7,100001,-1237940039285380274899124224,5,giu,1,3,"
            "true,r,true,packed,2");
}

// What makes them may run into a getter of the tenant.
TEST_F(RpcOpsTest, AMessageIsReadWhateverBecomesOfItsBytesWhileItsObjectsAreMade) {
  EXPECT_EQ(world_.run("const held = write(['a'.repeat(9000), platform(1)]);"
                       "const shrinking = new Uint8Array(new ArrayBuffer(held.length, {"
                       "  maxByteLength: held.length })); shrinking.set(held);"
                       "const got = ops.readMessage(shrinking, (list) => {"
                       "  shrinking.buffer.resize(0); return list; });"
                       "got[0].length + ' ' + got[1]"),
            "9000 packed,2");
}

TEST_F(RpcOpsTest, SaysWhatItIsAndHowLongItsPartsAre) {
  EXPECT_EQ(world_.run("const plain = write('abc'); [...plain.subarray(0, 12)].join()"),
            "3,0,0,0,0,0,0,0,7,0,0,0");
  EXPECT_EQ(world_.run("plain.length"), "19");
  EXPECT_EQ(world_.run("const mixed = write([platform(0)]); mixed[4] > 0 && mixed.length === 12 +"
                       "mixed[4] + mixed[8]"),
            "true");
}

TEST_F(RpcOpsTest, RefusesWhatIsTooLargeByTheLimit) {
  constexpr char kTooLarge[] =
      "Serialized RPC arguments or return values are limited to 500 bytes, but this value is "
      "larger.";
  EXPECT_EQ(world_.run("reason(() => write('x'.repeat(483), 500))"), "fine");
  EXPECT_EQ(world_.run("reason(() => write('x'.repeat(1000), 500))"), kTooLarge);
  EXPECT_EQ(world_.run("reason(() => write('x'.repeat(100000), 500))"), kTooLarge);
}

TEST_F(RpcOpsTest, CountsWhatItWritesOnTheAppsBudget) {
  const auto budget = std::make_shared<BufferBudget>(size_t{100'000});
  host_.countOn(budget);
  EXPECT_EQ(world_.run("reason(() => write(new Uint8Array(1000)))"), "fine");
  EXPECT_EQ(world_.run("reason(() => write(new Uint8Array(200000)))"),
            "The serialized form does not fit into limits.buffers_mb.");
  EXPECT_EQ(budget->usedBytes(), 0U);
}

TEST_F(RpcOpsTest, RefusesWhatIsNoMessage) {
  for (const char* bytes : {"[]", "[3]", "[3,0,0,0,0,0,0,0,0,0,0]", "[3,0,0,0,0,0,0,0,1,0,0,0]",
                            "[3,0,0,0,255,255,255,255,1,0,0,0,0]", "[3,0,0,0,0,0,0,0,0,0,0,0,1]"}) {
    EXPECT_EQ(world_.run(std::string("reason(() => read(new Uint8Array(") + bytes + ")))"),
              "The message of a call is broken.");
  }
  EXPECT_NE(world_.run("reason(() => read(new Uint8Array([3,0,0,0,0,0,0,0,0,0,0,0])))"), "fine");
}

TEST_F(RpcOpsTest, PackedObjectsAreAList) {
  EXPECT_EQ(
      world_.run("const bytes = write([platform(0)]);"
                 "const other = write({});"
                 "const forged = new Uint8Array([...bytes.subarray(0, 4), other.length - 12, 0,"
                 "  0, 0, ...bytes.subarray(8, 12), ...other.subarray(12),"
                 "  ...bytes.subarray(12 + bytes[4])]);"
                 "reason(() => read(forged))"),
      "The message of a call is broken.");
  EXPECT_EQ(world_.run("reason(() => ops.readMessage(bytes, () => { throw new Error('mine'); }))"),
            "mine");
  EXPECT_EQ(world_.run("reason(() => ops.readMessage(bytes, () => []))"),
            "a replacement is missing");
  EXPECT_EQ(world_.run("reason(() => ops.readMessage(bytes, () => 7))"),
            "a replacement is missing");
}

TEST_F(RpcOpsTest, SharedMemoryAndCompiledCodeHaveNoWayIn) {
  // Tags of the format for what another isolate would have to have.
  for (const char* tag : {"0x75, 0", "0x77, 0", "0x6d, 0", "0x70, 0", "0x74, 0", "0x57, 0"}) {
    EXPECT_NE(
        world_.run(std::string("reason(() => read(new Uint8Array([3,0,0,0,0,0,0,0,4,0,0,0,0xff,"
                               "15,") +
                   tag + "])))"),
        "fine")
        << tag;
  }
}

// Each is read or refused, and the process lives.
TEST_F(RpcOpsTest, SurvivesEveryTruncationAndFlippedBit) {
  EXPECT_EQ(world_.run("const whole = write(rich()); let ends = { fine: 0, refused: 0 };"
                       "const attempt = (bytes) => {"
                       "  ends[reason(() => read(bytes)) === 'fine' ? 'fine' : 'refused']++; };"
                       "for (let n = 0; n < whole.length; n++) attempt(whole.slice(0, n));"
                       "ends.fine"),
            "0");
  EXPECT_EQ(world_.run("const parts = whole[4] + 256 * whole[5];"
                       "for (let n = 0; n < whole.length - 12 - parts; n++) {"
                       "  const bytes = whole.slice(0, 12 + parts + n);"
                       "  bytes[8] = n & 255; bytes[9] = n >> 8; attempt(bytes); }"
                       "for (let bit = 0; bit < 8 * whole.length; bit++) {"
                       "  const bytes = whole.slice(); bytes[bit >> 3] ^= 1 << (bit & 7);"
                       "  attempt(bytes); }"
                       "ends.fine > 0 && ends.refused > 0"),
            "true");
}

TEST_F(RpcOpsTest, SurvivesBytesAtRandom) {
  EXPECT_EQ(
      world_.run("let seed = 12345; const random = (n) => {"
                 "  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; };"
                 "const whole = write(rich()); let tried = 0;"
                 "for (; tried < 5000; tried++) {"
                 "  const bytes = whole.slice();"
                 "  const from = 12 + whole[4] + 256 * whole[5];"
                 "  for (let n = 1 + random(8); n > 0; n--)"
                 "    bytes[from + random(whole.length - from)] = random(256);"
                 "  reason(() => read(bytes));"
                 "  const noise = Uint8Array.from({ length: 14 + random(60) }, () => random(256));"
                 "  noise.set([3, 0, 0, 0, 0, 0, 0, 0, noise.length - 12, 0, 0, 0, 0xff, 15]);"
                 "  reason(() => read(noise));"
                 "} tried"),
      "5000");
}

TEST_F(RpcOpsTest, DeepNestingEndsInAnError) {
  EXPECT_NE(world_.run("let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep];"
                       "reason(() => write(deep))"),
            "fine");
  EXPECT_NE(
      world_.run("const open = new Uint8Array(12 + 2 + 3 * 1e5).fill(0x6f, 14);"
                 "const size = open.length - 12; open.set([3, 0, 0, 0, 0, 0, 0, 0, size & 255,"
                 "  (size >> 8) & 255, size >> 16, 0, 0xff, 15]);"
                 "for (let i = 14; i + 3 <= open.length; i += 3) open.set([0x6f, 0x49, 0], i);"
                 "reason(() => read(open))"),
      "fine");
}

}  // namespace
}  // namespace nano
