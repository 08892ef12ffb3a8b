#include "worker/outbound_turns.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

class OutboundTurnsTest : public testing::Test {
 protected:
  std::unique_ptr<OutboundTurns::Turn> take(const std::string& name, uint64_t atOnce = 2) {
    return turns_.take(atOnce, [this, name]() { started_ += name; });
  }

  OutboundTurns turns_;
  std::string started_;
};

TEST_F(OutboundTurnsTest, CountNoFurtherThanTheyMay) {
  EXPECT_TRUE(turns_.count(2));
  EXPECT_TRUE(turns_.count(2));
  EXPECT_FALSE(turns_.count(2));
  EXPECT_EQ(turns_.counted(), 2u);
}

TEST_F(OutboundTurnsTest, StartSoManyAtOnceAndTheRestInOrder) {
  auto a = take("a");
  auto b = take("b");
  auto c = take("c");
  auto d = take("d");
  EXPECT_EQ(started_, "ab");
  b.reset();
  EXPECT_EQ(started_, "abc");
  a.reset();
  EXPECT_EQ(started_, "abcd");
  auto e = take("e");
  EXPECT_EQ(started_, "abcd");
}

TEST_F(OutboundTurnsTest, ForgetWhoLeavesTheQueue) {
  auto a = take("a", 1);
  auto b = take("b", 1);
  auto c = take("c", 1);
  b.reset();
  a.reset();
  EXPECT_EQ(started_, "ac");
}

TEST_F(OutboundTurnsTest, StartNothingOnceTheyAreClosed) {
  auto a = take("a", 1);
  auto b = take("b", 1);
  turns_.close();
  a.reset();
  EXPECT_EQ(started_, "a");
}

}  // namespace
}  // namespace nano
