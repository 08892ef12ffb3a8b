#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include <kj/async.h>
#include <kj/function.h>
#include <kj/timer.h>

namespace nano {

// The timers of one isolate: setTimeout and setInterval, each with the request that started it.
// They fire in the order of their times, and of their starts where those are the same.
class TimerQueue final {
 public:
  // `fire(id, slot)` is called from the loop, never from within add() or remove(). It may add and
  // remove timers, but not destroy the queue.
  TimerQueue(kj::Timer& timer, kj::Function<void(uint32_t id, int32_t slot)> fire)
      : timer_(timer),
        fire_(kj::mv(fire)) {}
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  // An id that is running already starts anew.
  void add(uint32_t id, int32_t slot, double delayMillis);
  void remove(uint32_t id);
  // The ids of those that were removed.
  std::vector<uint32_t> removeAllOf(int32_t slot);
  void clear();

  size_t countOf(int32_t slot) const;
  bool empty() const { return queue_.empty(); }

 private:
  using Key = std::pair<kj::TimePoint, uint64_t>;
  struct Entry {
    uint32_t id;
    int32_t slot;
  };

  void rearm();
  kj::Promise<void> waitFor(kj::TimePoint time);
  void fireDue();
  void take(std::map<Key, Entry>::iterator entry);

  kj::Timer& timer_;
  kj::Function<void(uint32_t, int32_t)> fire_;
  std::map<Key, Entry> queue_;
  std::unordered_map<uint32_t, Key> byId_;
  std::unordered_map<int32_t, size_t> counts_;
  uint64_t nextNumber_ = 0;
  bool firing_ = false;
  bool armed_ = false;
  kj::TimePoint armedFor_ = kj::origin<kj::TimePoint>();
  kj::Promise<void> waiting_ = nullptr;
};

}  // namespace nano
