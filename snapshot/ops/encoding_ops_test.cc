#include <gtest/gtest.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

class EncodingOpsTest : public testing::Test {
 protected:
  ScriptWorld world_;
};

TEST_F(EncodingOpsTest, EncodesTextOfEveryWidth) {
  EXPECT_EQ(world_.run("ops.utf8Encode('abc').join()"), "97,98,99");
  EXPECT_EQ(world_.run("ops.utf8Encode('\\u00e9').join()"), "195,169");
  EXPECT_EQ(world_.run("ops.utf8Encode('\\u20ac').join()"), "226,130,172");
  EXPECT_EQ(world_.run("ops.utf8Encode('\\ud83d\\ude00').join()"), "240,159,152,128");
  EXPECT_EQ(world_.run("ops.utf8Encode('').length"), "0");
  EXPECT_EQ(world_.run("ops.utf8Encode('\\u00e9'.repeat(1000)).length"), "2000");
}

TEST_F(EncodingOpsTest, ReplacesLoneSurrogates) {
  EXPECT_EQ(world_.run("ops.utf8Encode('a\\ud83db').join()"), "97,239,191,189,98");
  EXPECT_EQ(world_.run("ops.utf8ByteLength('\\udc00')"), "3");
}

TEST_F(EncodingOpsTest, MeasuresInUtf8) {
  EXPECT_EQ(world_.run("ops.utf8ByteLength('a\\u00e9')"), "3");
  EXPECT_EQ(world_.run("ops.utf8ByteLength('a\\u20ac')"), "4");
}

TEST_F(EncodingOpsTest, EncodesIntoWhatFitsAndNoPartOfACharacter) {
  world_.run("const counts = new Uint32Array(2); const out = new Uint8Array(4)");
  EXPECT_EQ(world_.run("ops.utf8EncodeInto('\\u20ac\\u20ac', out, counts); counts.join()"), "1,3");
  EXPECT_EQ(world_.run("ops.utf8EncodeInto('ab', out.subarray(0, 1), counts); counts.join()"),
            "1,1");
}

TEST_F(EncodingOpsTest, DecodesAndReplacesWhatIsInvalid) {
  world_.run("const decode = (...b) => ops.utf8Decode(new Uint8Array(b), false, false)");
  EXPECT_EQ(world_.run("decode(97, 195, 169, 226, 130, 172)"), "aé€");
  EXPECT_EQ(world_.run("decode(255, 97) === '\\ufffda'"), "true");
  // One replacement for the longest valid start of a character (Encoding standard, section 4.1).
  EXPECT_EQ(world_.run("decode(226, 130, 97) === '\\ufffda'"), "true");
  EXPECT_EQ(world_.run("decode(237, 160, 128) === '\\ufffd\\ufffd\\ufffd'"), "true");
  EXPECT_EQ(world_.run("decode(240, 159, 152, 128) === '\\ud83d\\ude00'"), "true");
}

TEST_F(EncodingOpsTest, RefusesInvalidBytesWhereTheyAreFatal) {
  EXPECT_EQ(world_.run("ops.utf8Decode(new Uint8Array([97, 255]), true, false)"),
            "throws TypeError: The encoded data was not valid for encoding utf-8");
  EXPECT_EQ(world_.run("ops.utf8Decode(new Uint8Array([195, 169]), true, false)"), "é");
}

TEST_F(EncodingOpsTest, DropsTheByteOrderMarkUnlessItIsToBeKept) {
  world_.run("const marked = new Uint8Array([239, 187, 191, 97])");
  EXPECT_EQ(world_.run("ops.utf8Decode(marked, false, false).length"), "1");
  EXPECT_EQ(world_.run("ops.utf8Decode(marked, false, true).length"), "2");
}

TEST_F(EncodingOpsTest, TalksBase64) {
  EXPECT_EQ(world_.run("ops.base64Encode('\\u00ff\\u00fea')"), "//5h");
  EXPECT_EQ(world_.run("ops.base64Encode('a')"), "YQ==");
  EXPECT_EQ(world_.run("ops.base64Encode('')"), "");
  EXPECT_EQ(world_.run("ops.bytesToBase64(new Uint8Array([1, 2]))"), "AQI=");
  EXPECT_EQ(world_.run("ops.base64Decode('//5h') === '\\u00ff\\u00fea'"), "true");
}

TEST_F(EncodingOpsTest, ForgivesBase64AsTheStandardSays) {
  EXPECT_EQ(world_.run("ops.base64Decode(' Y Q\\n')"), "a");
  EXPECT_EQ(world_.run("ops.base64Decode('YQ')"), "a");
  EXPECT_EQ(world_.run("ops.base64Decode('')"), "");
  EXPECT_EQ(world_.run("ops.base64Decode('YR')"), "a");  // Bits left over are dropped.
  for (const char* wrong : {"Y", "YQ=", "YQ===", "Y=Q=", "YQ==Y", "-_", "Y\\u0100", "a\\u0000bc"}) {
    EXPECT_EQ(world_.run(std::string("ops.base64Decode('") + wrong + "')"), "undefined") << wrong;
  }
}

TEST_F(EncodingOpsTest, ConvertsLatin1) {
  EXPECT_EQ(world_.run("ops.latin1Encode('\\u00ffa').join()"), "255,97");
  EXPECT_EQ(world_.run("ops.latin1Decode(new Uint8Array([255])) === '\\u00ff'"), "true");
  EXPECT_EQ(world_.run("ops.latin1Encode('\\u0100')"),
            "throws TypeError: argument 1 must be a string of characters up to U+00FF");
}

}  // namespace
}  // namespace nano
