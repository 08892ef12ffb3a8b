#pragma once

#include <cmath>
#include <cstdint>

namespace nano {

// The length that JavaScript says a stream will have; -1 for what can be none, which is also how
// JavaScript says that it is not known.
inline int64_t streamLengthOf(double length) {
  constexpr double kMostSafe = 9007199254740992;  // 2^53
  if (!(length >= 0 && length < kMostSafe) || std::trunc(length) != length) return -1;
  return static_cast<int64_t>(length);
}

}  // namespace nano
