#include "supervisor/crash_book.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

class CrashBookTest : public testing::Test {
 protected:
  void crash(int times, const std::string& version = "v") {
    for (int i = 0; i < times; i++)
      book_.record(version, now_);
  }
  bool isResting() const { return book_.quarantine("v", now_) > 0 * kj::SECONDS; }

  kj::TimePoint now_ = kj::origin<kj::TimePoint>() + 100 * kj::HOURS;
  CrashBook book_;
};

TEST_F(CrashBookTest, OneCrashIsBadLuckAndItsRequestsAreTriedAgain) {
  EXPECT_TRUE(book_.mayRetry("v", now_));
  crash(1);
  EXPECT_TRUE(book_.mayRetry("v", now_));
  EXPECT_FALSE(book_.needsOwnWorker("v", now_));
  EXPECT_FALSE(isResting());
}

TEST_F(CrashBookTest, TheSecondCrashInAMinuteBringsAWorkerOfItsOwnAndNoRetry) {
  crash(2);
  EXPECT_TRUE(book_.needsOwnWorker("v", now_));
  EXPECT_FALSE(book_.mayRetry("v", now_));
  EXPECT_FALSE(isResting());
  EXPECT_FALSE(book_.needsOwnWorker("other", now_));
}

TEST_F(CrashBookTest, CrashesFarApartAreBadLuckEachTime) {
  for (int i = 0; i < 20; i++) {
    crash(1);
    now_ = now_ + 61 * kj::SECONDS;
  }
  EXPECT_FALSE(book_.needsOwnWorker("v", now_));
  EXPECT_FALSE(isResting());
}

TEST_F(CrashBookTest, TheSixthCrashInAMinuteBringsAMinuteOfRest) {
  crash(5);
  EXPECT_FALSE(isResting());
  crash(1);
  EXPECT_TRUE(isResting());
  now_ = now_ + 61 * kj::SECONDS;
  EXPECT_FALSE(isResting());
  EXPECT_TRUE(book_.needsOwnWorker("v", now_));
}

TEST_F(CrashBookTest, ACrashRightAfterTheRestDoublesItUpToABound) {
  crash(6);
  auto last = book_.quarantine("v", now_);
  EXPECT_EQ(last, 60 * kj::SECONDS);
  for (int i = 0; i < 10; i++) {
    now_ = now_ + book_.quarantine("v", now_);
    EXPECT_FALSE(isResting());
    crash(1);
    EXPECT_GE(book_.quarantine("v", now_), last);
    last = book_.quarantine("v", now_);
  }
  EXPECT_EQ(last, 15 * kj::MINUTES);
}

TEST_F(CrashBookTest, WhoIsCalmForLongIsForgotten) {
  crash(6);
  now_ = now_ + 12 * kj::MINUTES;
  book_.forgetCalm(now_);
  EXPECT_FALSE(book_.needsOwnWorker("v", now_));
  EXPECT_TRUE(book_.mayRetry("v", now_));
  crash(1);
  EXPECT_FALSE(isResting());
}

}  // namespace
}  // namespace nano
