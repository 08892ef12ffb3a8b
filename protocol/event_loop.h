#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include <kj/async.h>
#include <kj/io.h>
#include <kj/time.h>
#include <kj/timer.h>

#include "protocol/libevent.h"

namespace nano {

class EventLoop;

// Something with output to write, at most once a turn. Its destructor withdraws it.
class Flushable {
 public:
  Flushable() = default;
  Flushable(const Flushable&) = delete;
  Flushable& operator=(const Flushable&) = delete;

  // Called once at the end of the turn in which EventLoop::flushAtTurnEnd() was called. Must not
  // throw.
  virtual void flush() = 0;

 protected:
  virtual ~Flushable() noexcept(false);

 private:
  friend class EventLoop;
  EventLoop* queuedIn_ = nullptr;
};

// Work that is done once KJ's queue has run dry and before output is flushed: batching the calls of
// a turn, or V8's platform tasks. Registered while it lives; lives no longer than the loop.
class TurnHook {
 public:
  explicit TurnHook(EventLoop& loop);
  TurnHook(const TurnHook&) = delete;
  TurnHook& operator=(const TurnHook&) = delete;

  enum class Next { kMaySleep, kAgainSoon };
  // May run several times a turn, so it must be cheap when there is nothing to do. kAgainSoon keeps
  // the loop from sleeping. Must not throw.
  virtual Next endTurn() = 0;

 protected:
  virtual ~TurnHook() noexcept(false);

 private:
  EventLoop& loop_;
};

// A loop's time. Read from the clock once a turn, when it is first asked for, so that a callback
// after a long sleep does not see the time from before it.
class LoopTimer final : public kj::Timer {
 public:
  explicit LoopTimer(kj::TimerImpl& timers) : timers_(timers) {}

  kj::TimePoint now() const override;
  kj::Promise<void> atTime(kj::TimePoint time) override { return timers_.atTime(time); }
  kj::Promise<void> afterDelay(kj::Duration delay) override {
    return timers_.atTime(now() + delay);
  }

 private:
  friend class EventLoop;
  kj::TimerImpl& timers_;
  mutable kj::TimePoint now_ = kj::origin<kj::TimePoint>();
  mutable bool fresh_ = false;
};

// The one loop of a thread: libevent for descriptors, KJ for promises.
//
// A turn is: libevent's callbacks for what is ready, KJ's queue until it is dry, the turn hooks,
// one flush of everything that has output. The loop sleeps only when all of that has nothing left
// to do.
//
// Belongs to the thread that made it and makes it KJ's loop of that thread. Every descriptor is
// made by the constructor, so a thread can shut its sandbox afterwards; no timerfd, no signalfd.
class EventLoop final : private kj::EventPort {
 public:
  EventLoop();
  ~EventLoop() noexcept(false);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Not thread-safe (EVENT_BASE_FLAG_NOLOCK): other threads use executor() or wake().
  event_base& base() { return *base_; }
  // Stands still within a turn; reads CLOCK_MONOTONIC, like kj::systemPreciseMonotonicClock().
  kj::Timer& timer() { return loopTimer_; }
  kj::WaitScope& waitScope() { return waitScope_; }

  // Runs the loop until `until` is done, and returns or throws what it ended with.
  template <typename T>
  T run(kj::Promise<T> until) {
    return until.wait(waitScope_);
  }
  // One turn that never sleeps, then KJ's queue until it is dry. For tests and start-up.
  void runOnce() { waitScope_.poll(); }

  // Lets other threads queue work here: executor().executeAsync([] {...}). The reference, unlike
  // the loop, may be used from any thread while the loop lives.
  const kj::Executor& executor() { return kjLoop_.getExecutor(); }
  // From any thread: the loop runs at least one more turn before it sleeps (so hooks run).
  void wake() const override;

  void flushAtTurnEnd(Flushable& output);

  // How often the loop asked libevent for events: a turn each.
  uint64_t turns() const { return turns_; }

 private:
  friend class Flushable;
  friend class TurnHook;

  bool wait() override { return turn(Sleep::kAllowed); }
  bool poll() override { return turn(Sleep::kNever); }

  enum class Sleep { kAllowed, kNever };
  bool turn(Sleep sleep);
  TurnHook::Next runHooks();
  void flushAll();
  void armTimer();
  void clearWakeups();

  EventBase base_;
  kj::AutoCloseFd wakeFd_;
  Event wakeEvent_;
  Event timerEvent_;
  // When timerEvent_ will fire at the latest; none while it is not armed.
  kj::Maybe<kj::TimePoint> timerArmedFor_;
  kj::TimerImpl timer_;
  LoopTimer loopTimer_{timer_};
  mutable std::atomic<bool> woken_{false};

  std::vector<TurnHook*> hooks_;
  // Null where a Flushable was destroyed before its flush.
  std::vector<Flushable*> outputs_;
  std::vector<Flushable*> flushing_;
  unsigned passes_ = 0;
  uint64_t turns_ = 0;

  kj::EventLoop kjLoop_;
  kj::WaitScope waitScope_;
};

}  // namespace nano
