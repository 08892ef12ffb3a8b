#include "worker/counting_allocator.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(CountingAllocatorTest, GivesNothingPastItsBudget) {
  CountingAllocator allocator(100);
  void* first = allocator.Allocate(60);
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(allocator.Allocate(41), nullptr);
  EXPECT_TRUE(allocator.hasJustRefused());
  void* second = allocator.AllocateUninitialized(40);
  EXPECT_NE(second, nullptr);
  EXPECT_FALSE(allocator.hasJustRefused());
  EXPECT_EQ(allocator.usedBytes(), 100u);
  allocator.Free(first, 60);
  allocator.Free(second, 40);
  EXPECT_EQ(allocator.usedBytes(), 0u);
}

TEST(CountingAllocatorTest, DoesNotOverflowOnAHugeRequest) {
  CountingAllocator allocator(100);
  EXPECT_EQ(allocator.Allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(allocator.usedBytes(), 0u);
}

TEST(CountingAllocatorTest, GivesZeroedMemory) {
  CountingAllocator allocator(4096);
  auto* bytes = static_cast<unsigned char*>(allocator.Allocate(4096));
  for (int i = 0; i < 4096; ++i)
    ASSERT_EQ(bytes[i], 0);
  allocator.Free(bytes, 4096);
}

TEST(CountingAllocatorTest, KeepsToABudgetThatShrankBelowItsUse) {
  CountingAllocator allocator(100);
  void* held = allocator.Allocate(100);
  allocator.setBudget(50);
  EXPECT_EQ(allocator.Allocate(1), nullptr);
  allocator.Free(held, 100);
  EXPECT_NE(held = allocator.Allocate(50), nullptr);
  allocator.Free(held, 50);
}

}  // namespace
}  // namespace nano
