#include "snapshot/crypto/small_order.h"

#include <array>

#include <gtest/gtest.h>

namespace nano {
namespace {

using Point = std::array<std::byte, 32>;

TEST(SmallOrderTest, KnowsAPointByItsYWhateverTheSignOfX) {
  Point point{};
  EXPECT_TRUE(isOfSmallOrder(point));
  point[31] = std::byte{0x80};
  EXPECT_TRUE(isOfSmallOrder(point));
  point[0] = std::byte{1};
  EXPECT_TRUE(isOfSmallOrder(point));
  point.fill(std::byte{0xff});
  EXPECT_FALSE(isOfSmallOrder(point));
  point[0] = std::byte{0xec};
  EXPECT_TRUE(isOfSmallOrder(point));
}

TEST(SmallOrderTest, KnowsNoOtherPointAndNoOtherSize) {
  Point point{};
  point[0] = std::byte{2};
  EXPECT_FALSE(isOfSmallOrder(point));
  EXPECT_FALSE(isOfSmallOrder(std::span(point).first(31)));
  EXPECT_FALSE(isOfSmallOrder({}));
}

}  // namespace
}  // namespace nano
