#pragma once

#include "protocol/event_loop.h"

namespace nano::fuzz {

// The one loop of the thread, for all targets of a program: KJ allows no second one.
inline EventLoop& fuzzLoop() {
  static EventLoop theLoop;
  return theLoop;
}

}  // namespace nano::fuzz
