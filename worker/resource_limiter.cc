#include "worker/resource_limiter.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>

#include <kj/debug.h>

namespace nano {
namespace {

// How late a limit may be noticed. The smallest useful budget is a few tens of milliseconds.
constexpr std::chrono::milliseconds kTick{10};
constexpr std::chrono::milliseconds kShortestTick{1};
// So long nothing must have been armed before the watchdog sleeps without a timeout: an idle worker
// costs no wake-ups, a busy one no futex call a request.
constexpr int kIdleTicksBeforeSleep = 100;

std::chrono::nanoseconds readClock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

// Measured: 800 ns for CLOCK_THREAD_CPUTIME_ID, 27 ns for CLOCK_MONOTONIC, which needs no system
// call. A request in a busy worker takes a few microseconds.
std::chrono::nanoseconds ResourceLimiter::cpuNow() {
  const std::chrono::nanoseconds monotonic = readClock(CLOCK_MONOTONIC);
  const std::chrono::nanoseconds since = monotonic - lastMonotonic_;
  if (since < kCpuClockError) return lastCpu_ + since;
  lastMonotonic_ = monotonic;
  lastCpu_ = readClock(CLOCK_THREAD_CPUTIME_ID);
  return lastCpu_;
}

ResourceLimiter::ResourceLimiter() {
  const int error = pthread_getcpuclockid(pthread_self(), &jsThreadClock_);
  KJ_REQUIRE(error == 0, "the CPU clock of this thread cannot be named", error);
  watchdog_ = std::thread([this]() { watch(); });
  running_.wait(0);
}

ResourceLimiter::~ResourceLimiter() {
  stopping_ = true;
  asleep_ = 0;
  asleep_.notify_one();
  watchdog_.join();
}

ResourceLimiter::Armed::Armed(ResourceLimiter& limiter, v8::Isolate* isolate,
                              std::chrono::nanoseconds startedAt, std::chrono::nanoseconds budget)
    : limiter_(limiter) {
  const uint64_t last = limiter_.state_.load(std::memory_order_relaxed);
  KJ_REQUIRE((last & kPhaseMask) == kIdle, "a CPU limit is armed already");
  limiter_.isolate_.store(isolate, std::memory_order_relaxed);
  limiter_.deadlineNanos_.store((startedAt + budget).count(), std::memory_order_relaxed);
  // Sequentially consistent with the watchdog's "I go to sleep, has anything changed?".
  limiter_.state_.store((last & ~kPhaseMask) + (kPhaseMask + 1) + kArmed);
  if (limiter_.asleep_.load() != 0) {
    limiter_.asleep_ = 0;
    limiter_.asleep_.notify_one();
  }
}

ResourceLimiter::Armed::Verdict ResourceLimiter::Armed::stop() {
  if (stopped_) return verdict_;
  stopped_ = true;
  uint64_t armed = (limiter_.state_.load(std::memory_order_relaxed) & ~kPhaseMask) + kArmed;
  const uint64_t idle = (armed & ~kPhaseMask) + kIdle;
  if (limiter_.state_.compare_exchange_strong(armed, idle)) return verdict_;
  // The watchdog is inside TerminateExecution, which is short, or has been there.
  while ((limiter_.state_.load(std::memory_order_acquire) & kPhaseMask) != kFired) {
    std::this_thread::yield();
  }
  limiter_.state_.store(idle);
  verdict_ = Verdict::kExceeded;
  return verdict_;
}

void ResourceLimiter::watch() {
  running_ = 1;
  running_.notify_one();
  int idleTicks = 0;
  uint64_t lastState = 0;
  while (!stopping_) {
    const std::chrono::nanoseconds pause = checkOnce();
    const uint64_t state = state_.load(std::memory_order_relaxed);
    const bool unused = state == lastState && (state & kPhaseMask) == kIdle;
    idleTicks = unused ? idleTicks + 1 : 0;
    lastState = state;
    if (idleTicks > kIdleTicksBeforeSleep) {
      sleepUntilUsed(state);
      idleTicks = 0;
      continue;
    }
    std::this_thread::sleep_for(pause);
  }
}

void ResourceLimiter::sleepUntilUsed(uint64_t seenState) {
  asleep_ = 1;
  // Sequentially consistent with Armed's "it is armed, is anyone asleep?".
  if (state_.load() == seenState && !stopping_) asleep_.wait(1);
  asleep_ = 0;
}

std::chrono::nanoseconds ResourceLimiter::checkOnce() {
  uint64_t state = state_.load(std::memory_order_acquire);
  if ((state & kPhaseMask) != kArmed) return kTick;
  // These may belong to a later arming already: then the exchange below fails.
  v8::Isolate* isolate = isolate_.load(std::memory_order_relaxed);
  const std::chrono::nanoseconds deadline(deadlineNanos_.load(std::memory_order_relaxed));
  const std::chrono::nanoseconds left = deadline - readClock(jsThreadClock_);
  if (left.count() > 0) {
    return std::clamp<std::chrono::nanoseconds>(left, kShortestTick, kTick);
  }
  const uint64_t number = state & ~kPhaseMask;
  if (state_.compare_exchange_strong(state, number + kFiring)) {
    isolate->TerminateExecution();
    state_.store(number + kFired, std::memory_order_release);
  }
  return kTick;
}

}  // namespace nano
