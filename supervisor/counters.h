#pragma once

#include <atomic>
#include <cstdint>

namespace nano {

// What one front end has seen. Written by its thread alone, read by any: relaxed atomics, no lock.
struct Counters {
  using Counter = std::atomic<uint64_t>;

  Counter requests{0};
  Counter answeredByApp{0};
  Counter failed{0};
  Counter workersStarted{0};
  Counter workerDeaths{0};
  Counter sandboxAlarms{0};
  Counter appsLoaded{0};

  static void add(Counter& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

}  // namespace nano
