// nano eval: JavaScript on the command line.

#include <gtest/gtest.h>

#include "tests/harness/program.h"

namespace nano::test {
namespace {

TEST(NanoEvalTest, PrintsWhatAnExpressionGives) {
  auto sum = runProgram("nanoctl", {"eval", "1 + 1"});
  EXPECT_EQ(sum.out, "2\n") << sum.err;
  EXPECT_EQ(sum.exitCode, 0);
  EXPECT_EQ(runProgram("nanoctl", {"eval", "Promise.resolve('later')"}).out, "later\n");
  EXPECT_EQ(runProgram("nanoctl", {"eval", "-"}, "const a = 6;\na * 7").out, "42\n");
}

TEST(NanoEvalTest, PrintsAnErrorWithItsStackAndFails) {
  auto result = runProgram("nanoctl", {"eval", "function f() { throw new Error('no') } f()"});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("Error: no"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("at f"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace nano::test
