#include "supervisor/usage.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kStart = 1000 * kSecond;

TEST(UsageTest, ARateLetsASecondsWorthInAtOnceAndThenOneAtATime) {
  RateMeter rate;
  for (int i = 0; i < 10; i++)
    EXPECT_TRUE(rate.take(kStart, 10)) << i;
  EXPECT_FALSE(rate.take(kStart, 10));
  EXPECT_FALSE(rate.take(kStart + kSecond / 10 - 1, 10));
  EXPECT_TRUE(rate.take(kStart + kSecond / 10, 10));
  EXPECT_FALSE(rate.take(kStart + kSecond / 10, 10));
}

TEST(UsageTest, ARateThatRestsGathersNoMoreThanASecond) {
  RateMeter rate;
  EXPECT_TRUE(rate.take(kStart, 2));
  EXPECT_TRUE(rate.take(kStart + 100 * kSecond, 2));
  EXPECT_TRUE(rate.take(kStart + 100 * kSecond, 2));
  EXPECT_FALSE(rate.take(kStart + 100 * kSecond, 2));
}

TEST(UsageTest, RefusalsAreLoggedOnceASecondWithTheNumberOfTheOthers) {
  AppUsage usage(std::make_shared<TenantUsage>(std::make_shared<ServerUsage>(1)));
  uint32_t unlogged = 99;
  EXPECT_TRUE(usage.mayLog(kStart, unlogged));
  EXPECT_EQ(unlogged, 0U);
  EXPECT_FALSE(usage.mayLog(kStart + 1, unlogged));
  EXPECT_FALSE(usage.mayLog(kStart + 2, unlogged));
  EXPECT_TRUE(usage.mayLog(kStart + kSecond, unlogged));
  EXPECT_EQ(unlogged, 2U);
}

TEST(UsageTest, AnAppKeepsItsCountersWhileSomebodyHoldsThemAndSharesItsTenants) {
  UsageBook book(100);
  auto first = book.of("acme", "shop");
  EXPECT_EQ(book.of("acme", "shop"), first);
  auto other = book.of("acme", "blog");
  EXPECT_NE(other, first);
  EXPECT_EQ(other->tenant, first->tenant);
  EXPECT_NE(book.of("else", "shop")->tenant, first->tenant);
  EXPECT_EQ(book.of("else", "shop")->tenant->server, first->tenant->server);
}

}  // namespace
}  // namespace nano
