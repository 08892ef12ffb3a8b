#include "supervisor/admission.h"

#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

class AdmissionTest : public testing::Test {
 protected:
  bool ask(const std::string& tenant) {
    auto asked = Admission::ask(usageOf(tenant), version_, kNow);
    if (auto* refused = std::get_if<Refusal>(&asked)) {
      refusal_ = *refused;
      return false;
    }
    held_.push_back(std::move(std::get<Admission>(asked)));
    return true;
  }
  std::shared_ptr<AppUsage> usageOf(const std::string& tenant) {
    auto usage = book_.of(tenant, "app");
    kept_.push_back(usage);
    return usage;
  }
  uint32_t inFlight() { return usageOf("a")->tenant->server->inFlight; }

  static constexpr int64_t kNow = 1'000'000'000'000;
  UsageBook book_{10};
  std::vector<std::shared_ptr<AppUsage>> kept_;
  AppVersion version_;
  std::vector<Admission> held_;
  Refusal refusal_;
};

TEST_F(AdmissionTest, APlaceIsGivenBackWhenTheRequestIsOver) {
  EXPECT_TRUE(ask("a"));
  EXPECT_EQ(inFlight(), 1U);
  Admission moved = std::move(held_.front());
  held_.clear();
  EXPECT_EQ(inFlight(), 1U);
  moved = Admission();
  EXPECT_EQ(inFlight(), 0U);
}

TEST_F(AdmissionTest, AnAppPastItsRateIs429WithTheLimitsName) {
  version_.limits.set(rpc::Limit::REQUEST_RATE, 2);
  EXPECT_TRUE(ask("a"));
  EXPECT_TRUE(ask("a"));
  EXPECT_FALSE(ask("a"));
  EXPECT_EQ(replyTo(refusal_).status, 429);
  EXPECT_EQ(limitText(refusal_),
            "limits.requests_per_second: 2 requests/s allowed, 3 requests/s used");
  EXPECT_TRUE(ask("b"));
}

TEST_F(AdmissionTest, ATenantsOwnLimitsHoldForAllItsApps) {
  version_.tenantLimits.inFlight = 2;
  auto other = book_.of("a", "other");
  EXPECT_TRUE(ask("a"));
  auto asked = Admission::ask(other, version_, kNow);
  EXPECT_TRUE(std::holds_alternative<Admission>(asked));
  EXPECT_FALSE(ask("a"));
  EXPECT_EQ(replyTo(refusal_).status, 503);
  EXPECT_TRUE(limitText(refusal_).starts_with("of the tenant, limits.requests_in_flight: 2 "))
      << limitText(refusal_);
  EXPECT_TRUE(ask("b"));
}

TEST_F(AdmissionTest, AFullServerShedsWhoHasMoreThanItsShareAndServesTheOthers) {
  for (int i = 0; i < 10; i++)
    EXPECT_TRUE(ask("greedy")) << i;
  EXPECT_FALSE(ask("greedy"));
  EXPECT_TRUE(limitText(refusal_).starts_with("of the server, ")) << limitText(refusal_);
  for (int i = 0; i < 5; i++)
    EXPECT_TRUE(ask("modest")) << i;
  EXPECT_FALSE(ask("modest"));
}

}  // namespace
}  // namespace nano
