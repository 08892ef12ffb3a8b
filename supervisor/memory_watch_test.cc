#include "supervisor/memory_watch.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

class MemoryWatchTest : public testing::Test {
 protected:
  ~MemoryWatchTest() noexcept override {}

  void passTime(kj::Duration duration) {
    timer_.advanceTo(timer_.now() + duration);
    kj::evalLater([] {}).wait(scope_);
  }

  MemoryWatch::Process process() {
    return {[this] {
              looks_++;
              return usage_;
            },
            [this](uint64_t used) { over_.push_back(used); }};
  }

  kj::EventLoop loop_;
  kj::WaitScope scope_{loop_};
  kj::TimerImpl timer_{kj::origin<kj::TimePoint>()};
  uint64_t usage_ = 0;
  int looks_ = 0;
  std::vector<uint64_t> over_;
};

TEST_F(MemoryWatchTest, LooksEvery500MillisecondsWhileLessThanHalfIsUsed) {
  usage_ = 400;
  MemoryWatch watch(timer_, process(), 1000);
  passTime(100 * kj::MILLISECONDS);
  EXPECT_EQ(looks_, 1) << "one look soon after the start";
  passTime(499 * kj::MILLISECONDS);
  EXPECT_EQ(looks_, 1);
  passTime(1 * kj::MILLISECONDS);
  EXPECT_EQ(looks_, 2);
}

TEST_F(MemoryWatchTest, LooksEvery100MillisecondsWhileMoreThanHalfIsUsed) {
  usage_ = 501;
  MemoryWatch watch(timer_, process(), 1000);
  for (int i = 1; i <= 5; i++) {
    passTime(100 * kj::MILLISECONDS);
    EXPECT_EQ(looks_, i);
  }
}

TEST_F(MemoryWatchTest, SaysOnceThatTheLimitIsPassed) {
  usage_ = 1000;
  MemoryWatch watch(timer_, process(), 1000);
  passTime(100 * kj::MILLISECONDS);
  EXPECT_TRUE(over_.empty()) << "the limit itself may be used";
  usage_ = 1001;
  passTime(100 * kj::MILLISECONDS);
  passTime(1 * kj::SECONDS);
  EXPECT_EQ(over_, std::vector<uint64_t>{1001});
}

TEST_F(MemoryWatchTest, ALoweredLimitHoldsAtTheNextLook) {
  usage_ = 600;
  MemoryWatch watch(timer_, process(), 1000);
  watch.setLimit(500);
  passTime(100 * kj::MILLISECONDS);
  EXPECT_EQ(over_, std::vector<uint64_t>{600});
}

TEST_F(MemoryWatchTest, StopsLookingWhenItIsDestroyed) {
  { MemoryWatch watch(timer_, process(), 1000); }
  passTime(1 * kj::SECONDS);
  EXPECT_EQ(looks_, 0);
}

}  // namespace
}  // namespace nano
