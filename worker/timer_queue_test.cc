#include "worker/timer_queue.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <kj/async.h>

namespace nano {
namespace {

// Time moves when the test says so.
class TimerQueueTest : public testing::Test {
 protected:
  TimerQueueTest() : wait_(loop_), timer_(kj::origin<kj::TimePoint>()) {}
  ~TimerQueueTest() noexcept override = default;

  void pass(int millis) {
    now_ = now_ + millis * kj::MILLISECONDS;
    timer_.advanceTo(now_);
    wait_.poll();
  }

  kj::EventLoop loop_;
  kj::WaitScope wait_;
  kj::TimerImpl timer_;
  kj::TimePoint now_ = kj::origin<kj::TimePoint>();
  std::string fired_;
  kj::Function<void(uint32_t)> onFire_ = [](uint32_t) {};
  TimerQueue queue_{timer_, [this](uint32_t id, int32_t slot) {
                      fired_ += std::to_string(id) + "@" + std::to_string(slot) + " ";
                      onFire_(id);
                    }};
};

TEST_F(TimerQueueTest, FiresInTheOrderOfTimesAndThenOfStarts) {
  queue_.add(1, 0, 20);
  queue_.add(2, 0, 10);
  queue_.add(3, 5, 10);
  pass(9);
  EXPECT_EQ(fired_, "");
  pass(1);
  EXPECT_EQ(fired_, "2@0 3@5 ");
  pass(10);
  EXPECT_EQ(fired_, "2@0 3@5 1@0 ");
  EXPECT_TRUE(queue_.empty());
}

TEST_F(TimerQueueTest, FiresAnEarlierOneThatWasAddedLater) {
  queue_.add(1, 0, 1000);
  queue_.add(2, 0, 5);
  pass(5);
  EXPECT_EQ(fired_, "2@0 ");
}

TEST_F(TimerQueueTest, DoesNotFireWhatWasRemoved) {
  queue_.add(1, 0, 5);
  queue_.add(2, 0, 5);
  queue_.remove(1);
  queue_.remove(99);
  pass(5);
  EXPECT_EQ(fired_, "2@0 ");
}

TEST_F(TimerQueueTest, RemovesAllTimersOfOneRequest) {
  queue_.add(1, 7, 5);
  queue_.add(2, 8, 5);
  queue_.add(3, 7, 6);
  EXPECT_EQ(queue_.countOf(7), 2u);
  queue_.removeAllOf(7);
  EXPECT_EQ(queue_.countOf(7), 0u);
  pass(10);
  EXPECT_EQ(fired_, "2@8 ");
}

TEST_F(TimerQueueTest, LetsATimerStartTheNextWhileItFires) {
  onFire_ = [this](uint32_t id) {
    if (id < 3) queue_.add(id + 1, 0, 0);
  };
  queue_.add(1, 0, 5);
  pass(5);
  EXPECT_EQ(fired_, "1@0 ");
  pass(1);
  EXPECT_EQ(fired_, "1@0 2@0 ");
  pass(1);
  EXPECT_EQ(fired_, "1@0 2@0 3@0 ");
}

TEST_F(TimerQueueTest, DoesNotFireWhatAnotherTimerRemovedWhileBothWereDue) {
  onFire_ = [this](uint32_t) { queue_.clear(); };
  queue_.add(1, 0, 5);
  queue_.add(2, 0, 5);
  pass(5);
  EXPECT_EQ(fired_, "1@0 ");
}

TEST_F(TimerQueueTest, TakesAnyNumberForADelay) {
  queue_.add(1, 0, -1);
  queue_.add(2, 0, std::numeric_limits<double>::quiet_NaN());
  queue_.add(3, 0, std::numeric_limits<double>::infinity());
  queue_.add(4, 0, 1e300);
  pass(1);
  EXPECT_EQ(fired_, "1@0 2@0 ");
  EXPECT_EQ(queue_.countOf(0), 2u);
}

}  // namespace
}  // namespace nano
