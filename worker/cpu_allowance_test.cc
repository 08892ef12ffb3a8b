#include "worker/cpu_allowance.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

AppLimits limits(uint64_t request, uint64_t average, uint64_t turn) {
  AppLimits limits;
  limits.set(rpc::Limit::CPU, request);
  limits.set(rpc::Limit::CPU_AVERAGE, average);
  limits.set(rpc::Limit::BLOCKED_TURN, turn);
  return limits;
}

// Whether a request that wants `millis` gets them, in one turn.
bool runs(CpuAllowance& cpu, milliseconds wanted) {
  cpu.addRequest();
  const CpuLimit limit = cpu.nextTurn(nanoseconds(0));
  cpu.charge(std::min<nanoseconds>(wanted, limit.left));
  return wanted <= limit.left;
}

TEST(CpuAllowanceTest, LetsTheFirstRequestTakeAllOfItsLimit) {
  CpuAllowance cpu(limits(1000, 50, 1000));
  EXPECT_TRUE(runs(cpu, milliseconds(1000)));
}

TEST(CpuAllowanceTest, StopsAnAppThatIsOverItsAverageEveryTime) {
  CpuAllowance cpu(limits(1000, 50, 1000));
  int served = 0;
  while (runs(cpu, milliseconds(60)))
    ++served;
  // 1000 ms in the bucket, 10 ms more out than in each time. (The first finds it full.)
  EXPECT_GE(served, 90);
  EXPECT_LE(served, 100);
  cpu.addRequest();
  EXPECT_EQ(cpu.nextTurn(nanoseconds(0)).limit, rpc::Limit::CPU_AVERAGE);
}

TEST(CpuAllowanceTest, LetsEveryRequestHaveTheAverageWhateverTheOthersTook) {
  CpuAllowance cpu(limits(1000, 50, 1000));
  while (runs(cpu, milliseconds(400))) {
  }
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(runs(cpu, milliseconds(50)));
}

TEST(CpuAllowanceTest, LetsOneSlowRequestAmongManyFastOnesRun) {
  CpuAllowance cpu(limits(1000, 50, 1000));
  for (int round = 0; round < 50; ++round) {
    EXPECT_TRUE(runs(cpu, milliseconds(900)));
    for (int i = 0; i < 20; ++i)
      EXPECT_TRUE(runs(cpu, milliseconds(2)));
  }
}

TEST(CpuAllowanceTest, SavesUpNoMoreThanOneRequestsLimit) {
  CpuAllowance cpu(limits(100, 50, 1000));
  for (int i = 0; i < 1000; ++i)
    runs(cpu, milliseconds(0));
  EXPECT_EQ(cpu.nextTurn(nanoseconds(0)).left, milliseconds(100));
  EXPECT_TRUE(runs(cpu, milliseconds(100)));
  EXPECT_FALSE(runs(cpu, milliseconds(51)));
}

TEST(CpuAllowanceTest, CountsWhatRunsForNoRequestToTheApp) {
  CpuAllowance cpu(limits(1000, 50, 1000));
  for (int i = 0; i < 20; ++i)
    cpu.charge(milliseconds(50));
  EXPECT_EQ(cpu.nextTurn(nanoseconds(0)).left, milliseconds(50));
}

TEST(CpuAllowanceTest, NamesTheLimitThatComesFirst) {
  EXPECT_EQ(CpuAllowance(limits(500, 50, 1000)).nextTurn(nanoseconds(0)).limit, rpc::Limit::CPU);
  EXPECT_EQ(CpuAllowance(limits(1000, 50, 1000)).nextTurn(nanoseconds(0)).limit, rpc::Limit::CPU);
  const CpuAllowance cpu(limits(5000, 50, 1000));
  EXPECT_EQ(cpu.nextTurn(nanoseconds(0)).limit, rpc::Limit::BLOCKED_TURN);
  EXPECT_EQ(cpu.nextTurn(nanoseconds(0)).left, milliseconds(1000));
  EXPECT_EQ(cpu.nextTurn(milliseconds(4500)).limit, rpc::Limit::CPU);
  EXPECT_EQ(cpu.nextTurn(milliseconds(4500)).left, milliseconds(500));
}

TEST(CpuAllowanceTest, HasNoAverageWhereThatIsAsLargeAsTheLimit) {
  CpuAllowance cpu(limits(100, 100, 1000));
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(runs(cpu, milliseconds(100)));
}

}  // namespace
}  // namespace nano
