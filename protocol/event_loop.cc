#include "protocol/event_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <kj/debug.h>

namespace nano {
namespace {

// How often a turn goes back to KJ's queue because a hook filled it, before output is flushed and
// descriptors are looked at all the same. Two is usual: a hook sends a batch, which queues work.
constexpr unsigned kMaxPasses = 8;

kj::TimePoint monotonicNow() { return kj::systemPreciseMonotonicClock().now(); }

EventBase makeBase() {
  EventConfig config(event_config_new());
  KJ_REQUIRE(config != nullptr);
  KJ_REQUIRE(event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK) == 0);
  KJ_REQUIRE(event_config_set_flag(config.get(), EVENT_BASE_FLAG_IGNORE_ENV) == 0);
  // epoll and nothing else: the sandbox allows no other, and it makes no descriptor later on.
  KJ_REQUIRE(event_config_require_features(config.get(), EV_FEATURE_ET | EV_FEATURE_O1) == 0);
  EventBase base(event_base_new_with_config(config.get()));
  KJ_REQUIRE(base != nullptr, "libevent has no epoll here");
  return base;
}

kj::AutoCloseFd makeWakeFd() {
  int fd;
  KJ_SYSCALL(fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return kj::AutoCloseFd(fd);
}

template <typename T>
void forget(std::vector<T*>& list, T* element) {
  std::replace(list.begin(), list.end(), element, static_cast<T*>(nullptr));
}

}  // namespace

kj::TimePoint LoopTimer::now() const {
  if (!fresh_) {
    now_ = monotonicNow();
    fresh_ = true;
  }
  return now_;
}

Flushable::~Flushable() noexcept(false) {
  if (queuedIn_ != nullptr) {
    forget(queuedIn_->outputs_, this);
    forget(queuedIn_->flushing_, this);
  }
}

TurnHook::TurnHook(EventLoop& loop) : loop_(loop) { loop_.hooks_.push_back(this); }

TurnHook::~TurnHook() noexcept(false) { forget(loop_.hooks_, this); }

EventLoop::EventLoop()
    : base_(makeBase()),
      wakeFd_(makeWakeFd()),
      timer_(monotonicNow()),
      kjLoop_(*this),
      waitScope_(kjLoop_) {
  auto onWake = [](evutil_socket_t, short, void* self) {
    static_cast<EventLoop*>(self)->clearWakeups();
  };
  wakeEvent_.reset(event_new(base_.get(), wakeFd_.get(), EV_READ | EV_PERSIST, onWake, this));
  KJ_REQUIRE(wakeEvent_ != nullptr && event_add(wakeEvent_.get(), nullptr) == 0);
  auto onTimer = [](evutil_socket_t, short, void* self) {
    static_cast<EventLoop*>(self)->timerArmedFor_ = nullptr;
  };
  timerEvent_.reset(event_new(base_.get(), -1, 0, onTimer, this));
  KJ_REQUIRE(timerEvent_ != nullptr);
}

EventLoop::~EventLoop() noexcept(false) {
  // A descriptor's owner that outlives the loop must not come back to it.
  for (Flushable* output : outputs_) {
    if (output != nullptr) output->queuedIn_ = nullptr;
  }
}

void EventLoop::wake() const {
  // The flag tells turn() that it was us; the descriptor ends a sleep. One write is enough until
  // the flag is taken. EAGAIN cannot happen: the counter takes 2^64 - 2 of these.
  if (!woken_.exchange(true)) {
    uint64_t one = 1;
    ssize_t written;
    KJ_SYSCALL(written = write(wakeFd_.get(), &one, sizeof(one)));
  }
}

void EventLoop::clearWakeups() {
  uint64_t count;
  ssize_t size = read(wakeFd_.get(), &count, sizeof(count));
  // EAGAIN is as good: nothing to clear.
  static_cast<void>(size);
}

void EventLoop::flushAtTurnEnd(Flushable& output) {
  if (output.queuedIn_ == nullptr) {
    output.queuedIn_ = this;
    outputs_.push_back(&output);
  }
}

TurnHook::Next EventLoop::runHooks() {
  auto next = TurnHook::Next::kMaySleep;
  bool compact = false;
  for (size_t i = 0; i < hooks_.size(); ++i) {
    if (hooks_[i] == nullptr) {
      compact = true;
    } else if (hooks_[i]->endTurn() == TurnHook::Next::kAgainSoon) {
      next = TurnHook::Next::kAgainSoon;
    }
  }
  if (compact) std::erase(hooks_, nullptr);
  return next;
}

void EventLoop::flushAll() {
  // What a flush queues is for the next turn.
  flushing_.swap(outputs_);
  for (size_t i = 0; i < flushing_.size(); ++i) {
    Flushable* output = flushing_[i];
    if (output != nullptr) {
      output->queuedIn_ = nullptr;
      output->flush();
    }
  }
  flushing_.clear();
}

// Leaves the event armed when it fires early enough: deadlines come and go with every request, and
// one early wake-up is cheaper than a change of libevent's heap each time.
void EventLoop::armTimer() {
  KJ_IF_MAYBE(next, timer_.nextEvent()) {
    KJ_IF_MAYBE(armed, timerArmedFor_) {
      if (*armed <= *next) return;
    }
    int64_t micros = std::max<int64_t>(0, (*next - monotonicNow()) / kj::MICROSECONDS);
    timeval delay{micros / 1'000'000, micros % 1'000'000};
    KJ_REQUIRE(event_add(timerEvent_.get(), &delay) == 0);
    timerArmedFor_ = *next;
  }
}

// KJ calls this when its queue is dry (or, rarely, to look at descriptors in between).
bool EventLoop::turn(Sleep sleep) {
  auto next = runHooks();
  // What the hooks have queued still belongs to this turn, and so does its output.
  if (kjLoop_.isRunnable() && ++passes_ < kMaxPasses) return false;
  passes_ = 0;
  flushAll();
  armTimer();
  bool mayBlock = sleep == Sleep::kAllowed && next == TurnHook::Next::kMaySleep &&
                  !kjLoop_.isRunnable() && outputs_.empty() && !woken_.load();
  loopTimer_.fresh_ = false;
  int result = event_base_loop(base_.get(), EVLOOP_ONCE | (mayBlock ? 0 : EVLOOP_NONBLOCK));
  KJ_REQUIRE(result >= 0, "libevent's loop failed", errno);
  ++turns_;
  timer_.advanceTo(loopTimer_.now());
  return woken_.exchange(false);
}

}  // namespace nano
