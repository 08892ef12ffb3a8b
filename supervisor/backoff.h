#pragma once

#include <algorithm>
#include <cstdint>

#include <kj/time.h>

namespace nano {

// `first`, doubled `times` times, at most `most`.
inline kj::Duration doubled(kj::Duration first, uint32_t times, kj::Duration most) {
  auto delay = first;
  for (uint32_t i = 0; i < times && delay < most; i++)
    delay = delay * 2;
  return std::min(delay, most);
}

}  // namespace nano
