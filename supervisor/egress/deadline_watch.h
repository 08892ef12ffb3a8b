#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <kj/async.h>
#include <kj/time.h>
#include <kj/timer.h>

namespace nano {

// The deadlines of a few hundred things under one timer. A deadline is moved with every piece of a
// body, so moving one later costs a store; the timer finds out when it fires.
class DeadlineWatch final {
 public:
  explicit DeadlineWatch(kj::Timer& timer) : timer_(timer) {}
  DeadlineWatch(const DeadlineWatch&) = delete;
  DeadlineWatch& operator=(const DeadlineWatch&) = delete;

  class Entry {
   public:
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    // The deadline has passed; it is disarmed. May take this and other entries from the watch.
    virtual void expired() = 0;
    // The watch ends: leave it.
    virtual void canceled() = 0;

   protected:
    ~Entry() noexcept(false) = default;

   private:
    friend class DeadlineWatch;
    std::optional<kj::TimePoint> due_;
    size_t index_ = 0;
  };

  void add(Entry& entry);
  void remove(Entry& entry);
  void arm(Entry& entry, kj::Duration delay);
  static void disarm(Entry& entry) { entry.due_.reset(); }
  void cancelAll();
  kj::TimePoint now() const { return timer_.now(); }
  size_t size() const { return entries_.size(); }

 private:
  kj::Promise<void> sleepUntil(kj::TimePoint due);
  void fire();
  std::optional<kj::TimePoint> earliest() const;

  kj::Timer& timer_;
  std::vector<Entry*> entries_;
  // When the timer fires at the latest.
  std::optional<kj::TimePoint> timerDue_;
  bool firing_ = false;
  kj::Promise<void> sleeping_ = nullptr;
};

}  // namespace nano
