#include "snapshot/buffer_budget.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(BufferBudgetTest, GivesNothingPastItsEnd) {
  BufferBudget budget(100);
  EXPECT_TRUE(budget.take(60));
  EXPECT_FALSE(budget.take(41));
  EXPECT_TRUE(budget.take(40));
  EXPECT_FALSE(budget.take(SIZE_MAX));
  EXPECT_EQ(budget.usedBytes(), 100u);
  budget.give(100);
  EXPECT_EQ(budget.usedBytes(), 0u);
}

TEST(BufferBudgetTest, KeepsToASizeThatShrankBelowItsUse) {
  BufferBudget budget(100);
  EXPECT_TRUE(budget.take(100));
  budget.resize(50);
  EXPECT_FALSE(budget.take(1));
  budget.give(100);
  EXPECT_TRUE(budget.take(50));
}

TEST(BufferBudgetTest, TellsOnceThatItRefused) {
  BufferBudget budget(100);
  EXPECT_FALSE(budget.takeRefusal());
  EXPECT_FALSE(budget.take(101));
  EXPECT_TRUE(budget.takeRefusal());
  EXPECT_FALSE(budget.takeRefusal());
}

TEST(BufferBudgetTest, ReservesSoManyBytesInSoManyRegionsAndNoMore) {
  BufferBudget budget(100);
  EXPECT_FALSE(budget.reserve(SIZE_MAX));
  EXPECT_FALSE(budget.reserve(kMaxReservedBytes + 1));
  EXPECT_TRUE(budget.takeRefusal());
  EXPECT_TRUE(budget.reserve(kMaxReservedBytes));
  EXPECT_FALSE(budget.reserve(1));
  budget.unreserve(kMaxReservedBytes);
  for (size_t i = 0; i < kMaxReservedRegions; i++)
    ASSERT_TRUE(budget.reserve(1)) << i;
  EXPECT_FALSE(budget.reserve(1));
  budget.unreserve(1);
  EXPECT_TRUE(budget.reserve(1));
  EXPECT_EQ(budget.usedBytes(), 0u);
}

TEST(BufferBudgetTest, GetsAShareBackWhenItsHolderGoes) {
  auto budget = std::make_shared<BufferBudget>(100);
  {
    BufferShare share;
    EXPECT_TRUE(share.add(budget, 60));
    EXPECT_TRUE(share.add(budget, 10));
    EXPECT_FALSE(share.add(budget, 31));
    const BufferShare moved = std::move(share);
    EXPECT_EQ(moved.bytes(), 70u);
    EXPECT_EQ(budget->usedBytes(), 70u);
  }
  EXPECT_EQ(budget->usedBytes(), 0u);
}

}  // namespace
}  // namespace nano
