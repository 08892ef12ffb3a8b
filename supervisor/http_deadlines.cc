#include "supervisor/http_deadlines.h"

#include <algorithm>

#include <kj/debug.h>

namespace nano {

void HttpDeadline::disarm() {
  if (next_ == nullptr) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = nullptr;
}

HttpDeadlines::HttpDeadlines(kj::Timer& timer, const HttpLimits& limits)
    : timer_(timer),
      limits_(limits) {
  for (HttpDeadline& queue : queues_) {
    queue.next_ = queue.previous_ = &queue;
  }
}

HttpDeadlines::~HttpDeadlines() noexcept(false) {}

kj::Duration HttpDeadlines::lengthOf(HttpWait wait) const {
  switch (wait) {
    case HttpWait::kHead:
      return limits_.headTimeout;
    case HttpWait::kKeepAlive:
      return limits_.keepAliveTimeout;
    case HttpWait::kBody:
      return limits_.bodyIdleTimeout;
    case HttpWait::kWrite:
      return limits_.writeTimeout;
    case HttpWait::kPeer:
      return limits_.halfCloseTimeout;
    case HttpWait::kLinger:
      return limits_.lingerTimeout;
  }
  KJ_UNREACHABLE;
}

void HttpDeadlines::arm(HttpDeadline& deadline, HttpWait wait, HttpDeadline::Listener& listener) {
  deadline.disarm();
  HttpDeadline& queue = queues_[static_cast<size_t>(wait)];
  deadline.at_ = timer_.now() + lengthOf(wait);
  deadline.wait_ = wait;
  deadline.listener_ = &listener;
  deadline.next_ = &queue;
  deadline.previous_ = queue.previous_;
  queue.previous_->next_ = &deadline;
  queue.previous_ = &deadline;

  bool watched =
      watch_ == Watch::kFiring || (watch_ == Watch::kWaiting && watchedFor_ <= deadline.at_);
  if (!watched) {
    watching_ = watch().eagerlyEvaluate(
        [](kj::Exception&& error) { KJ_LOG(ERROR, "the HTTP deadlines stopped", error); });
  }
}

bool HttpDeadlines::soonest(kj::TimePoint& at) const {
  bool found = false;
  for (const HttpDeadline& queue : queues_) {
    if (queue.next_ == &queue) continue;
    at = found ? std::min(at, queue.next_->at_) : queue.next_->at_;
    found = true;
  }
  return found;
}

// Ends when nothing is armed; otherwise sleeps until the first deadline, which by then is often a
// later one.
kj::Promise<void> HttpDeadlines::watch() {
  if (!soonest(watchedFor_)) {
    watch_ = Watch::kNone;
    return kj::READY_NOW;
  }
  watch_ = Watch::kWaiting;
  return timer_.atTime(watchedFor_).then([this]() {
    watch_ = Watch::kFiring;
    expireDue();
    return watch();
  });
}

void HttpDeadlines::expireDue() {
  kj::TimePoint now = timer_.now();
  for (HttpDeadline& queue : queues_) {
    while (queue.next_ != &queue && queue.next_->at_ <= now) {
      HttpDeadline& due = *queue.next_;
      due.disarm();
      due.listener_->expired(due, due.wait_);
    }
  }
}

}  // namespace nano
