#include "supervisor/loop_field.h"

#include <gtest/gtest.h>

#include "protocol/limits.h"

namespace nano {
namespace {

TEST(LoopFieldTest, ReadsWhatItWrites) {
  for (uint8_t hops : {0, 1, 15, 16})
    EXPECT_EQ(hopsOfLoopField(loopFieldValue(hops)), hops);
}

TEST(LoopFieldTest, FindsOursAmongThoseOfOthers) {
  EXPECT_EQ(hopsOfLoopField("cloudflare; loops=1, nano;hops=3 , fastly"), 3);
  EXPECT_EQ(hopsOfLoopField("nano; hops=3, NANO; trace=x; hops=7, nano; hops=2"), 7);
  EXPECT_EQ(hopsOfLoopField("cloudflare; hops=9, nanobot; hops=9, nano"), 0);
  EXPECT_EQ(hopsOfLoopField(""), 0);
  EXPECT_EQ(hopsOfLoopField(",;,;;"), 0);
}

TEST(LoopFieldTest, IsBoundedAndOnTheSafeSide) {
  EXPECT_EQ(hopsOfLoopField("nano; hops=99999999999999999999999"), kMaxHops);
  EXPECT_EQ(hopsOfLoopField("nano; hops=-1"), kMaxHops);
  EXPECT_EQ(hopsOfLoopField("nano; hops=\"1\""), kMaxHops);
}

}  // namespace
}  // namespace nano
