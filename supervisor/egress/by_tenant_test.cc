#include "supervisor/egress/by_tenant.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(ByTenantTest, WhoeverAsksForATenantsGetsTheOneThatSomebodyHas) {
  ByTenant<int> numbers;
  auto first = numbers.of("acme", 1);
  EXPECT_EQ(numbers.of("acme", 2), first);
  EXPECT_EQ(*first, 1);
  auto others = numbers.of("other", 3);
  EXPECT_EQ(*others, 3);
}

TEST(ByTenantTest, IsMadeAnewWhenNobodyHasItAnyMore) {
  ByTenant<int> numbers;
  auto kept = numbers.of("kept", 1);
  EXPECT_EQ(*numbers.of("acme", 2), 2);
  EXPECT_EQ(*numbers.of("acme", 3), 3);
  EXPECT_EQ(numbers.of("kept", 4), kept);
}

}  // namespace
}  // namespace nano
