#include "supervisor/egress/deadline_watch.h"

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"

namespace nano {
namespace {

// Leaves the watch when its deadline passes, as a transfer does.
struct Waiter final : DeadlineWatch::Entry {
  explicit Waiter(DeadlineWatch& deadlines) : watch(deadlines) { watch.add(*this); }
  ~Waiter() noexcept(false) {
    if (in) watch.remove(*this);
  }
  void leave() {
    watch.remove(*this);
    in = false;
  }
  void expired() override {
    ++expirations;
    if (staysIn) return;
    leave();
  }
  void canceled() override {
    wasCanceled = true;
    leave();
  }

  DeadlineWatch& watch;
  bool in = true;
  bool staysIn = false;
  bool wasCanceled = false;
  int expirations = 0;
};

class DeadlineWatchTest : public testing::Test {
 public:
  ~DeadlineWatchTest() noexcept override {}

 protected:
  void advance(kj::Duration by) {
    now_ = now_ + by;
    timer_.advanceTo(now_);
    loop_.runOnce();
  }

  EventLoop loop_;
  kj::TimePoint now_ = kj::origin<kj::TimePoint>();
  kj::TimerImpl timer_{now_};
  DeadlineWatch watch_{timer_};
};

TEST_F(DeadlineWatchTest, FiresEachOnceAndNotBefore) {
  Waiter early(watch_);
  Waiter late(watch_);
  watch_.arm(late, 30 * kj::SECONDS);
  watch_.arm(early, 10 * kj::SECONDS);
  advance(9 * kj::SECONDS);
  EXPECT_EQ(early.expirations, 0);
  advance(1 * kj::SECONDS);
  EXPECT_EQ(early.expirations, 1);
  EXPECT_EQ(late.expirations, 0);
  advance(20 * kj::SECONDS);
  EXPECT_EQ(late.expirations, 1);
  EXPECT_EQ(watch_.size(), 0u);
}

TEST_F(DeadlineWatchTest, FollowsADeadlineThatIsMovedLater) {
  Waiter waiter(watch_);
  watch_.arm(waiter, 10 * kj::SECONDS);
  for (int i = 0; i < 5; ++i) {
    advance(8 * kj::SECONDS);
    watch_.arm(waiter, 10 * kj::SECONDS);
  }
  EXPECT_EQ(waiter.expirations, 0);
  advance(10 * kj::SECONDS);
  EXPECT_EQ(waiter.expirations, 1);
}

TEST_F(DeadlineWatchTest, FiresADeadlineThatIsArmedAfterALaterOne) {
  Waiter first(watch_);
  watch_.arm(first, 60 * kj::SECONDS);
  advance(1 * kj::SECONDS);
  Waiter second(watch_);
  watch_.arm(second, 1 * kj::SECONDS);
  advance(1 * kj::SECONDS);
  EXPECT_EQ(second.expirations, 1);
}

TEST_F(DeadlineWatchTest, LeavesADisarmedOneAlone) {
  Waiter waiter(watch_);
  watch_.arm(waiter, 10 * kj::SECONDS);
  DeadlineWatch::disarm(waiter);
  advance(20 * kj::SECONDS);
  EXPECT_EQ(waiter.expirations, 0);
}

TEST_F(DeadlineWatchTest, FiresAllThatAreDueThoughTheyLeaveMeanwhile) {
  std::vector<std::unique_ptr<Waiter>> waiters;
  for (int i = 0; i < 10; ++i) {
    waiters.push_back(std::make_unique<Waiter>(watch_));
    watch_.arm(*waiters.back(), (i % 2 == 0 ? 5 : 50) * kj::SECONDS);
  }
  advance(5 * kj::SECONDS);
  EXPECT_EQ(watch_.size(), 5u);
  advance(45 * kj::SECONDS);
  EXPECT_EQ(watch_.size(), 0u);
}

TEST_F(DeadlineWatchTest, ArmsAgainAfterItHasFired) {
  Waiter waiter(watch_);
  waiter.staysIn = true;
  watch_.arm(waiter, 1 * kj::SECONDS);
  advance(1 * kj::SECONDS);
  watch_.arm(waiter, 1 * kj::SECONDS);
  advance(1 * kj::SECONDS);
  EXPECT_EQ(waiter.expirations, 2);
}

TEST_F(DeadlineWatchTest, CancelsAll) {
  Waiter first(watch_);
  Waiter second(watch_);
  watch_.cancelAll();
  EXPECT_TRUE(first.wasCanceled && second.wasCanceled);
}

}  // namespace
}  // namespace nano
