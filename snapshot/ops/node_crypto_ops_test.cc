// The ops of node:crypto, with what no built-in passes.

#include <gtest/gtest.h>

#include "snapshot/crypto/crypto_test_host.h"
#include "snapshot/script_world.h"

namespace nano {
namespace {

class NodeCryptoOpsTest : public testing::Test {
 protected:
  ~NodeCryptoOpsTest() override { host_.forgetKeys(); }

  std::string run(const std::string& code) {
    return world_.run(
        "{ const { cipherStart, cipherUpdate, cipherAdditional, cipherEnd, cipherTag, "
        "cipherSetTag, cipherPadding, cipherFacts, digestStartNamed, digestCopy, "
        "digestUpdate, digestFinish, scrypt } = ops;"
        "const bytes = (size) => new Uint8Array(size);"
        "const hex = (value) => value && new Uint8Array(value).toHex(); " +
        code + " }");
  }

  CryptoTestHost host_;
  ScriptWorld world_{&host_};
};

TEST_F(NodeCryptoOpsTest, EncryptInPiecesOfAnySize) {
  EXPECT_EQ(
      run("const whole = cipherStart('aes-128-cbc', true, bytes(16), bytes(16));"
          "const all = hex(cipherUpdate(whole, bytes(40))) + hex(cipherEnd(whole));"
          "const cipher = cipherStart('aes-128-cbc', true, bytes(16), bytes(16));"
          "let text = '';"
          "for (const size of [1, 15, 16, 0, 8]) text += hex(cipherUpdate(cipher, bytes(size)));"
          "text + hex(cipherEnd(cipher)) === all && all.length === 96"),
      "true");
}

TEST_F(NodeCryptoOpsTest, RefuseKeysAndStartsOfTheWrongSize) {
  EXPECT_EQ(run("[cipherStart('aes-128-cbc', true, bytes(15), bytes(16)),"
                " cipherStart('aes-128-cbc', true, bytes(16), bytes(15)),"
                " cipherStart('aes-128-gcm', true, bytes(16), bytes(0)),"
                " cipherStart('aes-128-gcm', true, bytes(16), bytes(129)),"
                " cipherStart('chacha20-poly1305', true, bytes(32), bytes(100)),"
                " cipherStart('des', true, bytes(8), bytes(8)), cipherFacts('des')].join('|')"),
            "||||||");
}

// It would write what it makes of the data, and there is no room for it.
TEST_F(NodeCryptoOpsTest, AuthenticateNothingWhereTheCipherDoesNot) {
  EXPECT_EQ(run("const cbc = cipherStart('aes-128-cbc', true, bytes(16), bytes(16));"
                "const ecb = cipherStart('aes-128-ecb', true, bytes(16), bytes(0));"
                "[cipherAdditional(cbc, bytes(64)), cipherAdditional(ecb, bytes(64)),"
                " cipherTag(cbc, 16), cipherSetTag(cbc, bytes(16))].join()"),
            "false,false,,false");
}

TEST_F(NodeCryptoOpsTest, GoOnAfterTheirEndWithoutHarm) {
  for (const char* name : {"aes-128-cbc", "aes-128-gcm", "aes-128-ctr"}) {
    const std::string code = std::string("const cipher = cipherStart('") + name +
                             "', true, bytes(16), bytes(16));"
                             "for (let i = 0; i < 20; i++) { cipherEnd(cipher);"
                             "  cipherUpdate(cipher, bytes(1000 + i)); cipherTag(cipher, 16); }"
                             "'fine'";
    EXPECT_EQ(run(code), "fine") << name;
  }
}

TEST_F(NodeCryptoOpsTest, TakeTheirOwnHandlesOnly) {
  for (const char* call : {"cipherUpdate(digest, bytes(1))", "cipherEnd({})", "digestCopy(cipher)",
                           "cipherUpdate(cipher, 'text')", "cipherTag(cipher, 'x')"}) {
    const std::string result =
        run(std::string("const digest = digestStartNamed('md5');"
                        "const cipher = cipherStart('aes-128-cbc', true, bytes(16), bytes(16)); ") +
            call);
    EXPECT_NE(result.find("TypeError"), std::string::npos) << call << ": " << result;
  }
}

TEST_F(NodeCryptoOpsTest, CopyADigestThatGoesOn) {
  EXPECT_EQ(run("const one = digestStartNamed('sha1'); digestUpdate(one, bytes(3));"
                "const two = digestCopy(one); digestUpdate(one, bytes(1));"
                "const three = digestStartNamed('sha1'); digestUpdate(three, bytes(3));"
                "hex(digestFinish(two)) === hex(digestFinish(three))"),
            "true");
  EXPECT_EQ(run("digestStartNamed('sha9')"), "undefined");
}

TEST_F(NodeCryptoOpsTest, HashNoLongPasswordWhereNobodyLooks) {
  EXPECT_EQ(run("scrypt(bytes(2 ** 20 + 1), bytes(1), [16, 1, 1, 8])"), "undefined");
  EXPECT_EQ(run("scrypt(bytes(1), bytes(2 ** 20 + 1), [16, 1, 1, 8])"), "undefined");
  EXPECT_EQ(run("hex(scrypt(bytes(1), bytes(1), [16, 1, 1, 8])).length"), "16");
}

}  // namespace
}  // namespace nano
