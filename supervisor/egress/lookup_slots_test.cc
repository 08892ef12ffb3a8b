#include "supervisor/egress/lookup_slots.h"

#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"

namespace nano {
namespace {

using Slot = kj::Own<LookupSlots::Slot>;

kj::Promise<Slot> take(LookupSlots& slots) { return KJ_ASSERT_NONNULL(slots.take()); }

TEST(LookupSlotsTest, MoreThanTheMostWaitInTheirOrder) {
  EventLoop loop;
  LookupSlots slots(1, 2);
  auto first = loop.run(take(slots));
  std::vector<int> order;
  std::vector<Slot> held;
  auto note = [&](int number) {
    return take(slots)
        .then([&order, &held, number](Slot slot) {
          order.push_back(number);
          held.push_back(kj::mv(slot));
        })
        .eagerlyEvaluate(nullptr);
  };
  auto second = note(2);
  auto third = note(3);
  EXPECT_EQ(slots.waiting(), 2u);
  loop.runOnce();
  EXPECT_TRUE(order.empty());
  first = nullptr;
  loop.runOnce();
  EXPECT_EQ(order, std::vector{2});
  EXPECT_EQ(slots.open(), 1u);
  held.clear();
  loop.runOnce();
  EXPECT_EQ(order, (std::vector{2, 3}));
  held.clear();
  EXPECT_EQ(slots.open(), 0u);
}

TEST(LookupSlotsTest, TheQueueHasAnEnd) {
  EventLoop loop;
  LookupSlots slots(1, 1);
  auto first = loop.run(take(slots));
  auto second = take(slots);
  EXPECT_TRUE(slots.take() == nullptr);
}

TEST(LookupSlotsTest, WhoGivesUpLeavesTheQueue) {
  EventLoop loop;
  LookupSlots slots(1, 1);
  auto first = loop.run(take(slots));
  { auto second = take(slots); }
  EXPECT_EQ(slots.waiting(), 0u);
  auto third = take(slots);
  first = nullptr;
  loop.run(kj::mv(third));
  EXPECT_EQ(slots.open(), 0u);
}

TEST(LookupSlotsTest, ASlotThatNobodyTookOutIsFreeAgain) {
  EventLoop loop;
  LookupSlots slots(1, 1);
  auto first = loop.run(take(slots));
  {
    auto second = take(slots);
    // Fulfils `second`, which goes without having been looked at.
    first = nullptr;
  }
  EXPECT_EQ(slots.open(), 0u);
}

}  // namespace
}  // namespace nano
