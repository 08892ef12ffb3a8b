#include "supervisor/egress/place_queue.h"

#include <gtest/gtest.h>

#include "protocol/event_loop.h"

namespace nano {
namespace {

class PlaceQueueTest : public testing::Test {
 protected:
  // GoogleTest's own must not throw, so neither may ours; a defaulted one might.
  ~PlaceQueueTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  static constexpr size_t kBytes = 10'000;

  EventLoop loop_;
  PlaceQueue queue_{2, kBytes};
};

TEST_F(PlaceQueueTest, GivesAPlaceOnceOneIsFree) {
  auto first = loop_.run(queue_.take(0));
  auto second = loop_.run(queue_.take(0));
  auto third = queue_.take(0);
  auto fourth = queue_.take(0);
  EXPECT_FALSE(third.poll(loop_.waitScope()));
  first = nullptr;
  EXPECT_TRUE(third.poll(loop_.waitScope()));
  EXPECT_FALSE(fourth.poll(loop_.waitScope())) << "in the order of asking";
  EXPECT_EQ(queue_.taken(), 2u);
}

TEST_F(PlaceQueueTest, WhoLeavesTheQueueTakesNoPlace) {
  auto first = loop_.run(queue_.take(0));
  auto second = loop_.run(queue_.take(0));
  auto third = kj::heap(queue_.take(0));
  auto fourth = queue_.take(0);
  third = nullptr;
  first = nullptr;
  EXPECT_TRUE(fourth.poll(loop_.waitScope()));
}

TEST_F(PlaceQueueTest, WhoLeavesTheQueueLeavesItsRoomToOthers) {
  auto first = loop_.run(queue_.take(0));
  auto second = loop_.run(queue_.take(0));
  for (int i = 0; i < 3; ++i) {
    auto waiting = queue_.take(kBytes / 2);
    EXPECT_FALSE(waiting.poll(loop_.waitScope())) << "no place is free, and there is room to wait";
  }
}

TEST_F(PlaceQueueTest, RefusesWhatIsTooMuchToKeep) {
  auto first = loop_.run(queue_.take(kBytes * 2));
  auto second = loop_.run(queue_.take(kBytes * 2));
  auto third = queue_.take(kBytes / 2);
  EXPECT_EQ(loop_.run(queue_.take(kBytes / 2)), nullptr);
  first = nullptr;
  auto place = loop_.run(kj::mv(third));
  EXPECT_NE(place, nullptr);
  auto again = queue_.take(kBytes / 2);
  EXPECT_FALSE(again.poll(loop_.waitScope())) << "what has left the queue does not count";
}

TEST_F(PlaceQueueTest, APlaceOutlivesTheQueue) {
  auto queue = kj::heap<PlaceQueue>(1, kBytes);
  auto place = loop_.run(queue->take(0));
  auto waiting = queue->take(0);
  queue = nullptr;
  place = nullptr;
  EXPECT_TRUE(waiting.poll(loop_.waitScope()));
}

}  // namespace
}  // namespace nano
