#pragma once

#include <chrono>
#include <cstdint>

#include "protocol/app_limits.h"

namespace nano {

// The limit that a turn of the event loop will run into first.
struct CpuLimit {
  std::chrono::nanoseconds left{0};
  rpc::Limit limit = rpc::Limit::NONE;
};

// The CPU time of one app's requests, each by itself and averaged over many.
//
// The average is a token bucket of the size of one request's limit, full at first: each request
// puts cpu_average_ms into it, and all that runs takes out what it used. A request may use its own
// cpu_average_ms at any time, and beyond that what is in the bucket. So a cold start or a rare slow
// request costs nobody anything, and an app that always takes more than its average is stopped.
//
// Belongs to the app, not to its isolate, which goes with each limit that is broken.
class CpuAllowance final {
 public:
  explicit CpuAllowance(const AppLimits& limits);

  // A request begins.
  void addRequest();
  // For a request that has used `used` so far, or for a run that is for none.
  CpuLimit nextTurn(std::chrono::nanoseconds used) const;
  void charge(std::chrono::nanoseconds used);

 private:
  std::chrono::nanoseconds request_;
  std::chrono::nanoseconds average_;
  std::chrono::nanoseconds turn_;
  std::chrono::nanoseconds tokens_;
};

}  // namespace nano
