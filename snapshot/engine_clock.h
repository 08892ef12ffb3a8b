#pragma once

#include <atomic>
#include <cmath>

namespace nano {

// The wall clock as JavaScript sees it, in Date and in Temporal: whole milliseconds since 1970 and
// nothing finer, or a time that stands still (Spectre, security 1).
class EngineClock final {
 public:
  // `real` is the time with all its digits.
  double show(double real) const {
    const double frozen = frozenMillis_.load(std::memory_order_relaxed);
    return std::floor(frozen == kGoesOn ? real : frozen);
  }

  void freezeAt(double unixMillis) { frozenMillis_.store(unixMillis, std::memory_order_relaxed); }
  void goOn() { freezeAt(kGoesOn); }

 private:
  static constexpr double kGoesOn = -1;

  // V8's own threads read it too.
  std::atomic<double> frozenMillis_{kGoesOn};
};

}  // namespace nano
