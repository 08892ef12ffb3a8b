#include "worker/counting_allocator.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(CountingAllocatorTest, GivesNothingPastItsBudget) {
  auto budget = std::make_shared<BufferBudget>(1000);
  CountingAllocator allocator(budget);
  void* first = allocator.Allocate(600);
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(allocator.Allocate(401), nullptr);
  EXPECT_TRUE(budget->hasJustRefused());
  void* second = allocator.AllocateUninitialized(400);
  EXPECT_NE(second, nullptr);
  EXPECT_FALSE(budget->hasJustRefused());
  EXPECT_EQ(budget->usedBytes(), 1000u);
  allocator.Free(first, 600);
  allocator.Free(second, 400);
  EXPECT_EQ(budget->usedBytes(), 0u);
}

TEST(CountingAllocatorTest, DoesNotOverflowOnAHugeRequest) {
  auto budget = std::make_shared<BufferBudget>(1000);
  CountingAllocator allocator(budget);
  EXPECT_EQ(allocator.Allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(budget->usedBytes(), 0u);
}

TEST(CountingAllocatorTest, GivesZeroedMemory) {
  CountingAllocator allocator(std::make_shared<BufferBudget>(4096));
  auto* bytes = static_cast<unsigned char*>(allocator.Allocate(4096));
  for (int i = 0; i < 4096; ++i)
    ASSERT_EQ(bytes[i], 0);
  allocator.Free(bytes, 4096);
}

TEST(CountingAllocatorTest, CountsASmallBufferAsWhatItTakesBesideItsBytes) {
  auto budget = std::make_shared<BufferBudget>(4096);
  CountingAllocator allocator(budget);
  void* small = allocator.Allocate(1);
  EXPECT_EQ(budget->usedBytes(), CountingAllocator::kLeastCharge);
  allocator.Free(small, 1);
  EXPECT_EQ(budget->usedBytes(), 0u);
}

}  // namespace
}  // namespace nano
