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
  for (const char* call :
       {"ops.hmacSign(pair, 2, bytes)", "ops.secretBytes(pair)", "ops.secretBytes({})",
        "ops.secretBytes(5)", "ops.keyToPkcs8(secret)", "ops.digestUpdate(secret, bytes)",
        "ops.ecdsaSign(digest, 2, bytes)", "ops.sharedSecret(pair, secret)", "ops.rsaBits()",
        "ops.hmacSign(secret, 2, 'text')", "ops.hmacSign(secret, -1, bytes)",
        "ops.aeadCrypt(secret, {}, bytes)"}) {
    EXPECT_EQ(world_.run(std::string("kind(() => ") + call + ")"), "TypeError") << call;
  }
  EXPECT_EQ(world_.run("Object.getOwnPropertyNames(secret).length"), "0");
}

TEST_F(CryptoOpsTest, FailByAnErrorOrUndefinedWhateverTheNumbersAre) {
  world_.run(
      "const bytes = new Uint8Array(16);"
      "const key = ops.secretFrom(bytes);"
      "const odd = ops.secretFrom(new Uint8Array(7));"
      "const ec = ops.curveGenerate(0), ed = ops.curveGenerate(3);"
      "const rsa = ops.rsaGenerate(1024, 3);"
      "const kind = (f) => { try { return f() === undefined ? 'undefined' : 'a value'; }"
      "  catch (e) { return e.message; } };");
  for (const char* call :
       {"ops.digestOf(99, bytes)", "ops.curveGenerate(99)", "ops.cbcEncrypt(odd, bytes, bytes)",
        "ops.ecFromPoint([9, bytes, bytes])", "ops.hkdf(key, [])", "ops.aeadCrypt(key, [0, 1], bytes)",
        "ops.pbkdf2(key, [2, bytes, 1.5, 8])"}) {
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
                           "ops.hkdf(key, [2, bytes, bytes, 1 << 20])"}) {
    EXPECT_EQ(world_.run(std::string("kind(() => ") + call + ")"), "undefined") << call;
  }
}

TEST_F(CryptoOpsTest, EndWhenJavaScriptWasToldToStop) {
  world_.run(
      "const bytes = new Uint8Array(16), large = new Uint8Array(4 << 20);"
      "const key = ops.secretFrom(bytes), ec = ops.curveGenerate(0);");
  for (const char* call :
       {"ops.digestOf(4, large)", "ops.hmacSign(key, 2, large)",
        "ops.cbcEncrypt(key, bytes, large)", "ops.ctrCrypt(key, [bytes, 64], large)",
        "ops.aeadCrypt(key, [0, 1, bytes, bytes, 16], large)", "ops.ecdsaSign(ec, 2, large)",
        "ops.pbkdf2(key, [2, bytes, 100000, 32])", "ops.rsaGenerate(4096, 65537)"}) {
    host_.looks = 0;
    host_.stopAfter = 0;
    EXPECT_EQ(world_.run(call), "undefined") << call;
    EXPECT_GE(host_.looks, 1) << call;
  }
}

TEST_F(CryptoOpsTest, NeedAProgramThatKeepsKeys) {
  ScriptWorld without;
  EXPECT_EQ(without.run("ops.secretFrom(new Uint8Array(1))"),
            "throws Error: not possible while the snapshot is built: there is no running program");
}

}  // namespace
}  // namespace nano
