#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include <v8.h>

namespace nano {

// Stops JavaScript that has used up its CPU time.
//
// One watchdog thread for the process; it and the thread that made the limiter are the only ones
// that know it. While an Armed lives, the watchdog reads the CPU clock of the maker's thread and,
// when the budget is spent, has V8 throw what no script can catch. That is the polite half: some
// loops never see it (security 3.2), and the supervisor's SIGKILL is the limit.
//
// Arming and disarming make no system call and take no lock in the usual case: the watchdog ticks
// on for a second after the last use, so it is rarely asleep when work comes.
class ResourceLimiter final {
 public:
  // Returns once the watchdog runs, so that a seccomp filter may follow. The calling thread is the
  // one that will run JavaScript.
  ResourceLimiter();
  ~ResourceLimiter();  // No Armed may be left.
  ResourceLimiter(const ResourceLimiter&) = delete;
  ResourceLimiter& operator=(const ResourceLimiter&) = delete;

  // CPU time of the maker's thread, from an arbitrary start; called on that thread. At most
  // kCpuClockError too high: the thread's clock is a system call, so between two readings of it the
  // monotonic clock, which runs at least as fast, goes on.
  std::chrono::nanoseconds cpuNow();
  static constexpr std::chrono::nanoseconds kCpuClockError = std::chrono::milliseconds(1);

  // From its construction until stop(). One at a time.
  class Armed final {
   public:
    // `startedAt` is cpuNow(), which the caller has anyway.
    Armed(ResourceLimiter& limiter, v8::Isolate* isolate, std::chrono::nanoseconds startedAt,
          std::chrono::nanoseconds budget);
    ~Armed() { stop(); }
    Armed(const Armed&) = delete;
    Armed& operator=(const Armed&) = delete;

    enum class Verdict { kWithinLimit, kExceeded };
    // After this the watchdog does not touch the isolate any more.
    Verdict stop();
    // Whether JavaScript has been told to stop; only stop() has the last word.
    bool hasFired() const { return (limiter_.state_.load() & kPhaseMask) >= kFiring; }

   private:
    ResourceLimiter& limiter_;
    bool stopped_ = false;
    Verdict verdict_ = Verdict::kWithinLimit;
  };

 private:
  // state_ holds the number of the arming in its upper bits and one of these in its lowest two.
  enum Phase : uint64_t { kIdle = 0, kArmed = 1, kFiring = 2, kFired = 3 };
  static constexpr uint64_t kPhaseMask = 3;

  void watch();
  void sleepUntilUsed(uint64_t seenState);
  // Returns how long the watchdog may sleep.
  std::chrono::nanoseconds checkOnce();

  clockid_t jsThreadClock_;
  std::atomic<uint64_t> state_{kIdle};
  // Written before state_ becomes kArmed, read only while it is.
  std::atomic<v8::Isolate*> isolate_{nullptr};
  std::atomic<int64_t> deadlineNanos_{0};

  // The last reading of both clocks.
  std::chrono::nanoseconds lastCpu_{0};
  std::chrono::nanoseconds lastMonotonic_{0};

  std::atomic<uint32_t> asleep_{0};
  std::atomic<uint32_t> running_{0};
  std::atomic<bool> stopping_{false};
  std::thread watchdog_;
};

}  // namespace nano
