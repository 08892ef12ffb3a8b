#include "supervisor/egress/lookup_slots.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"

namespace nano {
namespace {

using Slot = kj::Own<LookupSlots::Slot>;
using Refusal = LookupSlots::Refusal;
using Turn = LookupSlots::Turn;
using Order = std::vector<std::string>;

class LookupSlotsTest : public testing::Test {
 protected:
  ~LookupSlotsTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  LookupSlots& slots() {
    if (slots_ == nullptr) slots_ = std::make_unique<LookupSlots>(bounds_);
    return *slots_;
  }
  // Waits in the background; what became of it is in turns_.
  kj::Promise<void> take(const std::string& app, const std::string& name = "") {
    return slots()
        .take(app)
        .then([this, name = name.empty() ? app : name](Turn&& turn) {
          auto* refusal = std::get_if<Refusal>(&turn);
          if (refusal == nullptr) {
            turns_.push_back(name);
            held_.push_back(kj::mv(std::get<Slot>(turn)));
          } else {
            turns_.push_back(
                name + (*refusal == Refusal::kApp ? " refused for itself" : " refused for all"));
          }
        })
        .eagerlyEvaluate(nullptr);
  }
  // Those who had their turn since the last call, in order.
  Order turns() {
    loop_.runOnce();
    return std::exchange(turns_, {});
  }
  void endFirst() { held_.erase(held_.begin()); }

  EventLoop loop_;
  LookupSlots::Bounds bounds_{1, 2, 1, 2};
  std::unique_ptr<LookupSlots> slots_;
  std::vector<Slot> held_;
  Order turns_;
};

TEST_F(LookupSlotsTest, MoreThanTheMostWaitInTheirOrder) {
  auto first = take("a", "1");
  auto second = take("a", "2");
  auto third = take("a", "3");
  EXPECT_EQ(slots().waiting(), 2u);
  EXPECT_EQ(turns(), Order{"1"});
  endFirst();
  EXPECT_EQ(turns(), Order{"2"});
  EXPECT_EQ(slots().open(), 1u);
  endFirst();
  EXPECT_EQ(turns(), Order{"3"});
  endFirst();
  EXPECT_EQ(slots().open(), 0u);
  EXPECT_EQ(slots().apps(), 0u);
}

TEST_F(LookupSlotsTest, AnAppsQueueHasAnEnd) {
  bounds_ = {1, 9, 1, 1};
  auto first = take("a", "1");
  auto second = take("a", "2");
  auto third = take("a", "3");
  EXPECT_EQ(turns(), (Order{"1", "3 refused for itself"}));
}

TEST_F(LookupSlotsTest, WhoGivesUpLeavesTheQueue) {
  auto first = take("a");
  { auto second = take("b"); }
  EXPECT_EQ(slots().waiting(), 0u);
  EXPECT_EQ(slots().apps(), 1u);
  auto third = take("c");
  turns();
  endFirst();
  EXPECT_EQ(turns(), Order{"c"});
  endFirst();
  EXPECT_EQ(slots().open(), 0u);
}

TEST_F(LookupSlotsTest, ASlotThatNobodyTookOutIsFreeAgain) {
  auto first = take("a");
  turns();
  {
    auto second = slots().take("a");
    // Fulfils `second`, which goes without having been looked at.
    endFirst();
  }
  EXPECT_EQ(slots().open(), 0u);
  EXPECT_EQ(slots().apps(), 0u);
}

TEST_F(LookupSlotsTest, AnAppWithAllItsOwnTakesNothingFromAnother) {
  bounds_ = {8, 8, 2, 2};
  std::vector<kj::Promise<void>> greedy;
  for (int i = 0; i < 9; i++)
    greedy.push_back(take("greedy"));
  turns();
  EXPECT_EQ(slots().open(), 2u);
  EXPECT_EQ(slots().waiting(), 2u);
  auto other = take("other");
  EXPECT_EQ(turns(), Order{"other"});
}

TEST_F(LookupSlotsTest, WhoHasTheFewestRunningGoesFirst) {
  bounds_ = {3, 9, 3, 9};
  std::vector<kj::Promise<void>> all;
  for (const char* name : {"a1", "a2", "a3", "a4"})
    all.push_back(take("a", name));
  all.push_back(take("b"));
  EXPECT_EQ(turns(), (Order{"a1", "a2", "a3"}));
  endFirst();
  EXPECT_EQ(turns(), Order{"b"}) << "though a4 asked before";
}

TEST_F(LookupSlotsTest, AppsWithAsManyTakeTurns) {
  bounds_ = {1, 9, 1, 9};
  auto first = take("c");
  std::vector<kj::Promise<void>> all;
  for (const char* name : {"a1", "a2", "a3"})
    all.push_back(take("a", name));
  for (const char* name : {"b1", "b2"})
    all.push_back(take("b", name));
  EXPECT_EQ(turns(), Order{"c"});
  for (const char* name : {"a1", "b1", "a2", "b2", "a3"}) {
    endFirst();
    EXPECT_EQ(turns(), Order{name});
  }
}

TEST_F(LookupSlotsTest, WhereTheCommonQueueIsFullTheLongestGivesWay) {
  bounds_ = {1, 3, 1, 3};
  auto first = take("z");
  EXPECT_EQ(turns(), Order{"z"});
  std::vector<kj::Promise<void>> all;
  for (const char* name : {"a1", "a2", "a3"})
    all.push_back(take("a", name));
  all.push_back(take("b", "b1"));
  EXPECT_EQ(turns(), Order{"a3 refused for all"});
  EXPECT_EQ(slots().waiting(), 3u);
  // a has two and b one: another of b's would only turn that around.
  all.push_back(take("b", "b2"));
  EXPECT_EQ(turns(), Order{"b2 refused for all"});
  EXPECT_EQ(slots().waiting(), 3u);
}

}  // namespace
}  // namespace nano
