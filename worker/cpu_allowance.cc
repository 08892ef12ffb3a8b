#include "worker/cpu_allowance.h"

#include <algorithm>

namespace nano {

CpuAllowance::CpuAllowance(const AppLimits& limits)
    : request_(limits.time(rpc::Limit::CPU)),
      average_(limits.time(rpc::Limit::CPU_AVERAGE)),
      turn_(limits.time(rpc::Limit::BLOCKED_TURN)),
      tokens_(request_) {}

void CpuAllowance::addRequest() { tokens_ = std::min(tokens_ + average_, request_); }

CpuLimit CpuAllowance::nextTurn(std::chrono::nanoseconds used) const {
  CpuLimit tightest{request_ - used, rpc::Limit::CPU};
  const std::chrono::nanoseconds average = std::max(tokens_, average_ - used);
  if (average < tightest.left) tightest = {average, rpc::Limit::CPU_AVERAGE};
  if (turn_ < tightest.left) tightest = {turn_, rpc::Limit::BLOCKED_TURN};
  return tightest;
}

void CpuAllowance::charge(std::chrono::nanoseconds used) {
  tokens_ = std::max(tokens_ - used, std::chrono::nanoseconds(0));
}

}  // namespace nano
