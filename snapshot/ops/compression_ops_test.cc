// What the ops of compression streams do with arguments that built-ins would not give them. What
// they make is tested in JavaScript (tests/js/compression_test.js).

#include <gtest/gtest.h>

#include "snapshot/crypto/crypto_test_host.h"
#include "snapshot/script_world.h"

namespace nano {
namespace {

class CompressionOpsTest : public testing::Test {
 protected:
  CompressionOpsTest() {
    world_.run(
        "const kind = (f) => { try { return String(f()); } catch (e) { return e.message; } };"
        "const progress = new Uint32Array(3);"
        "const coder = ops.coderStart(2, true);");
  }
  ~CompressionOpsTest() override { host_.forgetKeys(); }

  CryptoTestHost host_;
  ScriptWorld world_{&host_};
};

TEST_F(CompressionOpsTest, TakeHandlesOfTheRightKindOnly) {
  for (const char* handle : {"{}", "5", "undefined", "ops.secretFrom(new Uint8Array(4))"}) {
    const std::string call = std::string("kind(() => ops.coderStep(") + handle +
                             ", new Uint8Array(1), false, progress))";
    EXPECT_NE(world_.run(call).find("a compression that is not over"), std::string::npos)
        << world_.run(call);
    EXPECT_EQ(world_.run(std::string("kind(() => ops.coderEnd(") + handle + "))"), "undefined");
  }
  EXPECT_EQ(world_.run("Object.getOwnPropertyNames(coder).length"), "0");
}

TEST_F(CompressionOpsTest, RefuseAHandleWhoseCompressionIsOver) {
  world_.run("ops.coderEnd(coder); ops.coderEnd(coder);");
  const std::string error =
      world_.run("kind(() => ops.coderStep(coder, new Uint8Array(1), false, progress))");
  EXPECT_NE(error.find("not over"), std::string::npos) << error;
}

TEST_F(CompressionOpsTest, FailWhateverTheNumbersAre) {
  for (const char* call :
       {"ops.coderStart(5, true)",
        "ops.coderStep(coder, new Uint8Array(1), false, new Uint32Array(2))",
        "ops.coderStep(coder, new Uint8Array(1), false, new Uint32Array([2, 0, 0]))"}) {
    EXPECT_EQ(world_.run(std::string("kind(() => ") + call + ")"), "internal error") << call;
  }
}

TEST_F(CompressionOpsTest, TakeADetachedBufferForNoBytes) {
  EXPECT_EQ(world_.run("const bytes = new Uint8Array(100); bytes.buffer.transfer();"
                       "kind(() => [ops.coderStep(coder, bytes, false, progress), ...progress])"),
            "31,139,8,0,0,0,0,0,0,3,0,0,0");
}

TEST_F(CompressionOpsTest, TakeABufferThatShrankForWhatIsLeftOfIt) {
  EXPECT_EQ(world_.run("const shrunk = new ArrayBuffer(100, { maxByteLength: 200 });"
                       "const view = new Uint8Array(shrunk, 50); shrunk.resize(20);"
                       "kind(() => { ops.coderStep(coder, view, false, progress);"
                       "             return progress[0]; })"),
            "0");
}

TEST_F(CompressionOpsTest, TakeSixtyFourKilobytesAStep) {
  EXPECT_EQ(world_.run("const large = new Uint8Array(100000);"
                       "ops.coderStep(coder, large, false, progress); progress[0]"),
            "65536");
}

TEST_F(CompressionOpsTest, AreNotForASnapshot) {
  ScriptWorld world(nullptr);
  EXPECT_NE(world.run("ops.coderStart(0, true)").find("throws"), std::string::npos);
}

}  // namespace
}  // namespace nano
