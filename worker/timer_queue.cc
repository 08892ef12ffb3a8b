#include "worker/timer_queue.h"

#include <algorithm>
#include <cmath>

namespace nano {
namespace {

// HTML's timers wrap at 2^31 milliseconds; what is longer than that is 24 days away and waits so
// long. A shorter one than a millisecond would spin (security 3.1: min period 1 ms).
constexpr double kMaxDelayMillis = 2147483647;
constexpr double kMinDelayMillis = 1;

}  // namespace

void TimerQueue::add(uint32_t id, int32_t slot, double delayMillis) {
  remove(id);
  if (!(delayMillis >= kMinDelayMillis)) delayMillis = kMinDelayMillis;  // Also NaN.
  const auto micros = static_cast<int64_t>(std::min(delayMillis, kMaxDelayMillis) * 1000);
  const Key key{timer_.now() + micros * kj::MICROSECONDS, nextNumber_++};
  queue_.emplace(key, Entry{id, slot});
  byId_.emplace(id, key);
  ++counts_[slot];
  rearm();
}

void TimerQueue::remove(uint32_t id) {
  auto found = byId_.find(id);
  if (found != byId_.end()) take(queue_.find(found->second));
}

std::vector<uint32_t> TimerQueue::removeAllOf(int32_t slot) {
  std::vector<uint32_t> removed;
  if (countOf(slot) == 0) return removed;
  for (auto it = queue_.begin(); it != queue_.end();) {
    auto next = std::next(it);
    if (it->second.slot == slot) {
      removed.push_back(it->second.id);
      take(it);
    }
    it = next;
  }
  return removed;
}

void TimerQueue::clear() {
  queue_.clear();
  byId_.clear();
  counts_.clear();
}

size_t TimerQueue::countOf(int32_t slot) const {
  auto found = counts_.find(slot);
  return found == counts_.end() ? 0 : found->second;
}

void TimerQueue::take(std::map<Key, Entry>::iterator entry) {
  auto count = counts_.find(entry->second.slot);
  if (--count->second == 0) counts_.erase(count);
  byId_.erase(entry->second.id);
  queue_.erase(entry);
}

// While firing, the promise that fires must not be replaced: it goes on by itself.
void TimerQueue::rearm() {
  if (firing_ || queue_.empty()) return;
  const kj::TimePoint next = queue_.begin()->first.first;
  if (armed_ && armedFor_ <= next) return;
  waiting_ = waitFor(next).eagerlyEvaluate(nullptr);
}

kj::Promise<void> TimerQueue::waitFor(kj::TimePoint time) {
  armed_ = true;
  armedFor_ = time;
  return timer_.atTime(time).then([this]() -> kj::Promise<void> {
    fireDue();
    if (!queue_.empty()) return waitFor(queue_.begin()->first.first);
    armed_ = false;
    return kj::READY_NOW;
  });
}

void TimerQueue::fireDue() {
  // Timers that are added from here on wait for another turn.
  const Key end{timer_.now(), nextNumber_};
  firing_ = true;
  while (!queue_.empty() && queue_.begin()->first < end) {
    const Entry entry = queue_.begin()->second;
    take(queue_.begin());
    fire_(entry.id, entry.slot);
  }
  firing_ = false;
}

}  // namespace nano
