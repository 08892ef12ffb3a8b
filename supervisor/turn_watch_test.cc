#include "supervisor/turn_watch.h"

#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>

namespace nano {
namespace {

class TurnWatchTest : public testing::Test {
 protected:
  ~TurnWatchTest() noexcept override {}

  // One look later; the worker has used `cpu` of it.
  void look(kj::Duration cpu) {
    cpu_ += cpu;
    timer_.advanceTo(timer_.now() + kTurnLook);
    kj::evalLater([] {}).wait(scope_);
    kj::evalLater([] {}).wait(scope_);
  }
  void looks(int count, kj::Duration cpu) {
    for (int i = 0; i < count; i++)
      look(cpu);
  }
  void answerPing() {
    KJ_ASSERT_NONNULL(pong_)->fulfill();
    pong_ = nullptr;
    kj::evalLater([] {}).wait(scope_);
  }
  // Past the time after its start.
  void calmDown() {
    looks(static_cast<int>(kGivesWayFor / kTurnLook) + 2, 0 * kj::SECONDS);
    changes_.clear();
  }

  TurnWatch::Worker worker() {
    return {[this] {
              looks_++;
              return cpu_;
            },
            [this]() -> kj::Promise<void> {
              pings_++;
              auto paf = kj::newPromiseAndFulfiller<void>();
              pong_ = kj::mv(paf.fulfiller);
              return kj::mv(paf.promise);
            },
            [this](bool givesWay) { changes_.push_back(givesWay); }};
  }

  kj::EventLoop loop_;
  kj::WaitScope scope_{loop_};
  kj::TimerImpl timer_{kj::origin<kj::TimePoint>()};
  kj::Duration cpu_ = 0 * kj::SECONDS;
  int looks_ = 0;
  int pings_ = 0;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> pong_;
  std::vector<bool> changes_;
  TurnWatch watch_{timer_, worker()};
};

using Changes = std::vector<bool>;
constexpr kj::Duration kNone = 0 * kj::SECONDS;

TEST_F(TurnWatchTest, AWorkerThatStartsGivesWayForASecond) {
  EXPECT_EQ(changes_, Changes{true});
  looks(static_cast<int>(kGivesWayFor / kTurnLook), kNone);
  EXPECT_EQ(changes_, Changes{true});
  look(kNone);
  EXPECT_EQ(changes_, (Changes{true, false}));
}

TEST_F(TurnWatchTest, AWorkerWithoutWorkIsNotLookedAt) {
  calmDown();
  int before = looks_;
  looks(100, kNone);
  EXPECT_EQ(looks_, before);
  watch_.noteWork();
  look(kNone);
  look(kNone);
  EXPECT_EQ(looks_, before + 2) << "one for where it starts, one after a while";
}

TEST_F(TurnWatchTest, OneLongTurnGivesWayUntilASecondAfterTheLast) {
  calmDown();
  watch_.noteWork();
  look(kTurnLook);
  EXPECT_EQ(pings_, 1);
  EXPECT_TRUE(changes_.empty()) << "it may have had many short turns";
  look(kTurnLook);
  EXPECT_EQ(changes_, Changes{true});
  looks(20, kTurnLook);
  EXPECT_EQ(pings_, 1) << "one at a time";
  answerPing();
  looks(static_cast<int>(kGivesWayFor / kTurnLook), kNone);
  EXPECT_EQ(changes_, Changes{true});
  look(kNone);
  EXPECT_EQ(changes_, (Changes{true, false}));
}

TEST_F(TurnWatchTest, OneThatIsExpectedToHaveLongTurnsGivesWayAtOnce) {
  calmDown();
  watch_.expectLongTurns();
  EXPECT_EQ(changes_, Changes{true});
  calmDown();
  look(kNone);
  watch_.noteWork();
  looks(2, kTurnLook);
  EXPECT_EQ(changes_, Changes{true}) << "calm again, and then watched as ever";
}

TEST_F(TurnWatchTest, ManyShortTurnsDoNotGiveWay) {
  calmDown();
  watch_.noteWork();
  for (int i = 0; i < 100; i++) {
    look(kTurnLook);
    if (pong_ != nullptr) answerPing();
  }
  EXPECT_EQ(pings_, 100);
  EXPECT_TRUE(changes_.empty());
}

TEST_F(TurnWatchTest, OneThatGetsNearlyNothingHasItsTurnNowAndThen) {
  calmDown();
  watch_.noteWork();
  looks(2, kTurnLook);
  ASSERT_EQ(changes_, Changes{true});
  looks(static_cast<int>(kStarvedAfter / kTurnLook), 100 * kj::MICROSECONDS);
  EXPECT_EQ(changes_, Changes{true});
  look(100 * kj::MICROSECONDS);
  EXPECT_EQ(changes_, (Changes{true, false}));
  looks(3, 1 * kj::MILLISECONDS);
  EXPECT_EQ(changes_.size(), 2u) << "kLongTurn of CPU time, however long that takes";
  look(2 * kj::MILLISECONDS);
  EXPECT_EQ(changes_, (Changes{true, false, true}));
}

TEST_F(TurnWatchTest, WhatIsLeftOfAWorkerDoesNotGiveWay) {
  watch_.end();
  EXPECT_EQ(changes_, (Changes{true, false}));
  int before = looks_;
  watch_.noteWork();
  looks(5, kTurnLook);
  EXPECT_EQ(looks_, before);
}

TEST_F(TurnWatchTest, AWorkerThatHasEndedIsNoError) {
  calmDown();
  watch_.noteWork();
  look(kTurnLook);
  KJ_ASSERT_NONNULL(pong_)->reject(KJ_EXCEPTION(DISCONNECTED, "it has ended"));
  looks(5, kNone);
  EXPECT_TRUE(changes_.empty());
}

}  // namespace
}  // namespace nano
