// Hostile case T96: an answer goes to the request it is for, however many others are broken off.

#include "tests/hostile/invariants.h"
#include "tests/hostile/nonce_traffic.h"

namespace nano::test {
namespace {

using TenantAborts = HostileTest;

constexpr uint64_t kRequests = 10'000;  // A million in tenant_long_test.cc.

TEST_F(TenantAborts, T96NoAnswerOfOneRequestIsSentToAnother) {
  deployHandler("t96", kNonceHandler);
  pid_t worker = 0;
  EXPECT_TRUE(answersAgain("t96"));
  worker = workerOf("t96");
  auto report = sendNonceTraffic(nanod().port(), hostOf("t96"), kRequests);
  EXPECT_EQ(report.firstWrong, "");
  EXPECT_EQ(report.refused, 0u);
  EXPECT_EQ(report.answered + report.aborted, kRequests);
  EXPECT_GT(report.answered, kRequests / 2);
  EXPECT_GT(report.aborted, kRequests / 5);
  EXPECT_EQ(workerOf("t96"), worker) << "the worker did not survive";
}

}  // namespace
}  // namespace nano::test
