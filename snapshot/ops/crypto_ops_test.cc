// What the ops of crypto.subtle do with arguments that built-ins would not give them, and when
// JavaScript was told to stop. What they compute is tested in JavaScript (tests/js/subtle_test.js).

#include <gtest/gtest.h>

#include "snapshot/crypto/crypto_test_host.h"
#include "snapshot/script_world.h"

namespace nano {
namespace {

class CryptoOpsTest : public testing::Test {
 protected:
  ~CryptoOpsTest() override { host_.forgetKeys(); }

  CryptoTestHost host_;
  ScriptWorld world_{&host_};
};

TEST_F(CryptoOpsTest, TakeHandlesOfTheRightKindOnly) {
  world_.run(
      "const bytes = new Uint8Array(16);"
      "const secret = ops.secretFrom(bytes);"
      "const pair = ops.curveGenerate(0);"
      "const digest = ops.digestStart(2);"
      "const kind = (f) => { try { return String(f()); } catch (e) { return e.name; } };");
  EXPECT_EQ(world_.run("typeof secret + typeof pair + typeof digest"), "objectobjectobject");
  for (const char* call : {"ops.hmacSign(pair, 2, bytes)",
                           "ops.secretBytes(pair)",
                           "ops.secretBytes({})",
                           "ops.secretBytes(5)",
                           "ops.keyToPkcs8(secret)",
                           "ops.digestUpdate(secret, bytes)",
                           "ops.ecdsaSign(digest, 2, bytes)",
                           "ops.sharedSecret(pair, secret)",
                           "ops.rsaBits()",
                           "ops.hmacSign(secret, 2, 'text')",
                           "ops.hmacSign(secret, -1, bytes)",
                           "ops.aeadCrypt(secret, {}, bytes)",
                           "ops.aeadCrypt(pair, [0, 1, bytes, bytes, 16], bytes)",
                           "ops.encapsulate(secret)",
                           "ops.encapsulate(digest)",
                           "ops.decapsulate({}, bytes)",
                           "ops.decapsulate(pair, 5)",
                           "ops.latticeRaw(secret, true)",
                           "ops.latticeHasSeed(digest)",
                           "ops.latticeRaw(pair, 1)",
                           "ops.latticeFromRaw(0, 'x', bytes)",
                           "ops.latticeFromRaw(0, true, {})",
                           "ops.wholeSign(secret, bytes, bytes)",
                           "ops.wholeVerify(pair, bytes, bytes)",
                           "ops.kmacSign(pair, [128, 8, bytes], bytes)",
                           "ops.cshakeOf(null, bytes)",
                           "ops.argon2(digest, [])"}) {
    EXPECT_EQ(world_.run(std::string("kind(() => ") + call + ")"), "TypeError") << call;
  }
  EXPECT_EQ(world_.run("Object.getOwnPropertyNames(secret).length"), "0");
}

// A getter may take the bytes away that another argument is a view of.
TEST_F(CryptoOpsTest, ReadOptionsBeforeAnythingElse) {
  world_.run(
      "const key = ops.secretFrom(new Uint8Array(16)), empty = new Uint8Array(0);"
      "let victims = [];"
      "const fresh = () => { const buffer = new ArrayBuffer(8192, { maxByteLength: 8192 });"
      "  victims.push(buffer); return new Uint8Array(buffer); };"
      "const at = (index, list) => Object.defineProperty(list, index, { get() {"
      "  for (const buffer of victims) buffer.resize(0); victims = []; return [2, empty][index]; } "
      "});"
      "const text = (bytes) => String(new Uint8Array(bytes));");
  // Each would read pages that nobody may touch.
  EXPECT_EQ(world_.run("const tag = ops.hmacSign(key, 2, empty);"
                       "ops.hmacVerify(key, at(0, [0, tag]), fresh())"),
            "true");
  EXPECT_EQ(world_.run("text(ops.hkdf(key, at(0, [0, fresh(), fresh(), 16]))) ==="
                       "text(ops.hkdf(key, [2, empty, empty, 16]))"),
            "true");
  EXPECT_EQ(world_.run("text(ops.scrypt(fresh(), fresh(), at(0, [0, 1, 1, 16]))) ==="
                       "text(ops.scrypt(empty, empty, [2, 1, 1, 16]))"),
            "true");
  EXPECT_EQ(world_.run("try { ops.hkdf(key, Object.defineProperty([2], 0, { get() { throw 1 } })) }"
                       "catch (e) { String(e) }"),
            "1");
}

TEST_F(CryptoOpsTest, FailByAnErrorOrUndefinedWhateverTheNumbersAre) {
  world_.run(
      "const bytes = new Uint8Array(16);"
      "const key = ops.secretFrom(bytes);"
      "const odd = ops.secretFrom(new Uint8Array(7));"
      "const ec = ops.curveGenerate(0), ed = ops.curveGenerate(3);"
      "const rsa = ops.rsaGenerate(1024, 3), long = ops.secretFrom(new Uint8Array(32));"
      "const kem = ops.latticeGenerate(0), dsa = ops.latticeGenerate(3);"
      "const kind = (f) => { try { return f() === undefined ? 'undefined' : 'a value'; }"
      "  catch (e) { return e.message; } };");
  for (const char* call :
       {"ops.digestOf(99, bytes)", "ops.curveGenerate(99)", "ops.cbcEncrypt(odd, bytes, bytes)",
        "ops.ecFromPoint([9, bytes, bytes])", "ops.hkdf(key, [])",
        "ops.aeadCrypt(key, [0, 1], bytes)", "ops.pbkdf2(key, [2, bytes, 1.5, 8])",
        "ops.aeadCrypt(key, [3, 1, bytes, bytes, 16], bytes)",
        "ops.aeadCrypt(odd, [1, 1, new Uint8Array(12), bytes, 16], bytes)",
        "ops.aeadCrypt(key, [2, 1, new Uint8Array(12), bytes, 16], bytes)",
        "ops.latticeGenerate(6)", "ops.latticeFromRaw(99, true, bytes)",
        "ops.cshakeOf([192, 8, bytes, bytes], bytes)", "ops.cshakeOf([128, 8, bytes], bytes)",
        "ops.kmacSign(key, [0, 8, bytes], bytes)", "ops.wholeVerify(ed, [bytes], bytes)",
        "ops.argon2(key, [3, bytes, 8, 1, 1, bytes, bytes, 32])",
        "ops.argon2(key, [2, bytes, 8, 1, 1, bytes, bytes])"}) {
    EXPECT_EQ(world_.run(std::string("kind(() => ") + call + ")"), "internal error") << call;
  }
  for (const char* call : {"ops.cbcEncrypt(key, new Uint8Array(15), bytes)",
                           "ops.cbcDecrypt(key, bytes, new Uint8Array(17))",
                           "ops.ctrCrypt(key, [bytes, 0], bytes)",
                           "ops.ctrCrypt(key, [bytes, 129], bytes)",
                           "ops.aeadCrypt(key, [0, 1, new Uint8Array(0), bytes, 16], bytes)",
                           "ops.aeadCrypt(key, [0, 1, bytes, bytes, 17], bytes)",
                           "ops.aeadCrypt(key, [0, 0, bytes, bytes, 16], new Uint8Array(3))",
                           "ops.wrapCrypt(key, 1, new Uint8Array(9))",
                           "ops.wrapCrypt(key, 0, new Uint8Array(8))",
                           "ops.wrapCrypt(key, 1, new Uint8Array(8 << 20))",
                           "ops.rsaGenerate(512, 3)",
                           "ops.rsaGenerate(2048, 4)",
                           "ops.rsaSign(ec, [2, 32], bytes)",
                           "ops.rsaSign(rsa, [2, 4000000], bytes)",
                           "ops.rsaSign(rsa, [2, 127], bytes)",
                           "ops.rsaOaep(ec, [1, 2, bytes], bytes)",
                           "ops.sharedSecret(ec, ed)",
                           "ops.sharedSecret(ed, ed)",
                           "ops.ecdsaSign(ed, 2, bytes)",
                           "ops.curveFromRaw(3, false, bytes)",
                           "ops.keyFromSpki(new Uint8Array(1 << 20))",
                           "ops.keyFromPkcs8(new Uint8Array(0))",
                           "ops.rsaNumbers(ec, true)",
                           "ops.secretFromRandom(1 << 30)",
                           "ops.pbkdf2(key, [2, bytes, 0, 8])",
                           "ops.hkdf(key, [2, bytes, bytes, 1 << 20])",
                           "ops.aeadCrypt(key, [1, 1, bytes, bytes, 16], bytes)",
                           "ops.aeadCrypt(key, [1, 1, new Uint8Array(12), bytes, 0], bytes)",
                           "ops.aeadCrypt(key, [1, 0, new Uint8Array(12), bytes, 16], bytes)",
                           "ops.aeadCrypt(long, [2, 1, bytes, bytes, 16], bytes)",
                           "ops.aeadCrypt(long, [2, 0, new Uint8Array(12), bytes, 16], bytes)",
                           "ops.latticeFromRaw(0, true, bytes)",
                           "ops.latticeFromRaw(5, false, new Uint8Array(1 << 20))",
                           "ops.latticeRaw(ed, true)",
                           "ops.latticeRaw(rsa, false)",
                           "ops.encapsulate(ed)",
                           "ops.encapsulate(dsa)",
                           "ops.decapsulate(kem, bytes)",
                           "ops.decapsulate(dsa, new Uint8Array(768))",
                           "ops.wholeSign(kem, bytes, bytes)",
                           "ops.wholeSign(ed, bytes, bytes)",
                           "ops.wholeSign(dsa, new Uint8Array(256), bytes)",
                           "ops.wholeSign(dsa, bytes, new Uint8Array((64 << 20) + 1))",
                           "ops.wholeVerify(kem, [bytes, bytes], bytes)",
                           "ops.cshakeOf([128, (16 << 20) + 1, bytes, bytes], bytes)",
                           "ops.kmacSign(key, [256, (16 << 20) + 1, bytes], bytes)",
                           "ops.argon2(key, [0, bytes, 7, 1, 1, bytes, bytes, 32])",
                           "ops.argon2(key, [1, bytes, 8, 0, 1, bytes, bytes, 32])",
                           "ops.argon2(key, [2, bytes, 8, 1, 1, bytes, bytes, 3])",
                           "ops.argon2(key, [2, bytes, 8, 1, 1, bytes, bytes, (1 << 20) + 1])"}) {
    EXPECT_EQ(world_.run(std::string("kind(() => ") + call + ")"), "undefined") << call;
  }
}

TEST_F(CryptoOpsTest, EndWhenJavaScriptWasToldToStop) {
  world_.run(
      "const bytes = new Uint8Array(16), large = new Uint8Array(4 << 20);"
      "const key = ops.secretFrom(bytes), ec = ops.curveGenerate(0);"
      "const long = ops.secretFrom(new Uint8Array(32));");
  for (const char* call :
       {"ops.digestOf(4, large)", "ops.hmacSign(key, 2, large)",
        "ops.cbcEncrypt(key, bytes, large)", "ops.ctrCrypt(key, [bytes, 64], large)",
        "ops.aeadCrypt(key, [0, 1, bytes, bytes, 16], large)", "ops.ecdsaSign(ec, 2, large)",
        "ops.pbkdf2(key, [2, bytes, 100000, 32])", "ops.rsaGenerate(4096, 65537)",
        "ops.aeadCrypt(key, [1, 1, new Uint8Array(12), bytes, 16], large)",
        "ops.aeadCrypt(long, [2, 1, new Uint8Array(12), large, 16], bytes)",
        "ops.cshakeOf([128, 32, bytes, bytes], large)",
        "ops.cshakeOf([128, 32, bytes, large], bytes)",
        "ops.kmacSign(key, [128, 32, bytes], large)",
        "ops.argon2(key, [2, bytes, 8192, 4294967295, 4, bytes, bytes, 32])"}) {
    host_.looks = 0;
    host_.stopAfter = 0;
    EXPECT_EQ(world_.run(call), "undefined") << call;
    EXPECT_GE(host_.looks, 1) << call;
  }
}

TEST_F(CryptoOpsTest, TakeBuffersThatAreGoneForEmptyOnes) {
  world_.run(
      "const gone = new Uint8Array(64); gone.buffer.transfer();"
      "const key = ops.secretFrom(new Uint8Array(16)), kem = ops.latticeGenerate(0);"
      "const iv = new Uint8Array(12), size = (value) => value === undefined ? 0 : "
      "value.byteLength;");
  EXPECT_EQ(world_.run("size(ops.aeadCrypt(key, [1, 1, iv, gone, 16], gone))"), "16");
  EXPECT_EQ(world_.run("size(ops.aeadCrypt(key, [1, 1, gone, iv, 16], iv))"), "0");
  EXPECT_EQ(world_.run("size(ops.cshakeOf([256, 3, gone, gone], gone))"), "3");
  EXPECT_EQ(world_.run("size(ops.kmacSign(key, [256, 3, gone], gone))"), "3");
  EXPECT_EQ(world_.run("size(ops.decapsulate(kem, gone))"), "0");
  EXPECT_EQ(world_.run("size(ops.latticeFromRaw(0, true, gone))"), "0");
  EXPECT_EQ(world_.run("String(ops.latticeHasSeed(ops.curveGenerate(3)))"), "false");
  EXPECT_EQ(world_.run("size(ops.argon2(key, [0, gone, 8, 1, 1, gone, gone, 32]))"), "0");
  EXPECT_EQ(world_.run("size(ops.argon2(key, [0, iv, 8, 1, 1, gone, gone, 32]))"), "32");
}

TEST_F(CryptoOpsTest, NeedAProgramThatKeepsKeys) {
  ScriptWorld without;
  EXPECT_EQ(without.run("ops.secretFrom(new Uint8Array(1))"),
            "throws Error: not possible while the snapshot is built: there is no running program");
}

}  // namespace
}  // namespace nano
