#include "supervisor/start_shares.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr uint32_t kPerSecond = 10;

class StartSharesTest : public testing::Test {
 protected:
  // How many it gets when it takes all that it may now.
  int takeAll(const std::string& tenant) {
    int taken = 0;
    while (shares_.mayTake(tenant, now_)) {
      shares_.take(tenant, now_);
      taken++;
    }
    return taken;
  }
  // And in so many seconds, asking ten times in each.
  int takeFor(const std::string& tenant, int seconds) {
    int taken = 0;
    for (int i = 0; i < seconds * 10; i++) {
      now_ += 100 * kj::MILLISECONDS;
      taken += takeAll(tenant);
    }
    return taken;
  }

  StartShares shares_{kPerSecond};
  kj::TimePoint now_ = kj::origin<kj::TimePoint>() + 100 * kj::SECONDS;
};

TEST_F(StartSharesTest, KnowsForTenSecondsWhoLostAProcess) {
  EXPECT_FALSE(shares_.hasLost("a", now_));
  shares_.take("a", now_);
  EXPECT_TRUE(shares_.hasLost("a", now_ + 10 * kj::SECONDS));
  EXPECT_FALSE(shares_.hasLost("b", now_));
  EXPECT_FALSE(shares_.hasLost("a", now_ + 11 * kj::SECONDS));
}

TEST_F(StartSharesTest, LetsATenantHaveItsShareOfASecondAtOnce) {
  EXPECT_EQ(takeAll("a"), 5) << "the other half is for whoever comes next";
  EXPECT_FALSE(shares_.mayTake("a", now_));
  EXPECT_TRUE(shares_.mayTake("b", now_));
}

TEST_F(StartSharesTest, LeavesHalfToOthersWhateverOneTenantAsksFor) {
  takeAll("a");
  EXPECT_NEAR(takeFor("a", 20), 20 * kPerSecond / 2, 1);
  EXPECT_TRUE(shares_.mayTake("b", now_));
}

TEST_F(StartSharesTest, LeavesSomethingToANewcomerHoweverManyShare) {
  for (auto* tenant : {"a", "b", "c", "d"})
    takeAll(tenant);
  int taken = 0;
  for (int i = 0; i < 200; i++) {
    now_ += 100 * kj::MILLISECONDS;
    for (auto* tenant : {"a", "b", "c", "d"})
      taken += takeAll(tenant);
  }
  EXPECT_NEAR(taken, 20 * kPerSecond * 4 / 5, 4);
}

TEST_F(StartSharesTest, SharesOnlyWithThoseWhoTookSomethingLately) {
  takeAll("a");
  takeAll("b");
  EXPECT_NEAR(takeFor("a", 9), 9 * kPerSecond / 3, 1);
  now_ += 2 * kj::SECONDS;  // It is over ten seconds since "b" took one.
  takeAll("a");
  EXPECT_NEAR(takeFor("a", 10), 10 * kPerSecond / 2, 1);
}

TEST_F(StartSharesTest, LetsANewcomerHaveOneHoweverManyShare) {
  for (int i = 0; i < 50; i++)
    shares_.take("tenant" + std::to_string(i), now_);
  EXPECT_GE(takeAll("newcomer"), 1);
}

}  // namespace
}  // namespace nano
