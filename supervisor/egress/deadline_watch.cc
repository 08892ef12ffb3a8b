#include "supervisor/egress/deadline_watch.h"

#include <kj/debug.h>

namespace nano {

void DeadlineWatch::add(Entry& entry) {
  entry.index_ = entries_.size();
  entry.due_.reset();
  entries_.push_back(&entry);
}

void DeadlineWatch::remove(Entry& entry) {
  KJ_REQUIRE(entry.index_ < entries_.size() && entries_[entry.index_] == &entry);
  entries_[entry.index_] = entries_.back();
  entries_[entry.index_]->index_ = entry.index_;
  entries_.pop_back();
}

void DeadlineWatch::arm(Entry& entry, kj::Duration delay) {
  entry.due_ = timer_.now() + delay;
  // While firing, the timer's own promise runs, which cannot be replaced: it looks again itself.
  if (firing_ || (timerDue_ && *timerDue_ <= *entry.due_)) return;
  sleeping_ = sleepUntil(*entry.due_).eagerlyEvaluate([](kj::Exception&& error) {
    KJ_LOG(ERROR, "a deadline could not be kept", error);
  });
}

void DeadlineWatch::cancelAll() {
  while (!entries_.empty()) {
    size_t before = entries_.size();
    entries_.back()->canceled();
    KJ_ASSERT(entries_.size() < before, "whoever is canceled leaves the watch");
  }
}

kj::Promise<void> DeadlineWatch::sleepUntil(kj::TimePoint due) {
  timerDue_ = due;
  return timer_.atTime(due).then([this]() -> kj::Promise<void> {
    fire();
    timerDue_ = earliest();
    if (!timerDue_) return kj::READY_NOW;
    return sleepUntil(*timerDue_);
  });
}

// Backwards, because an entry that goes leaves its place to the last one.
void DeadlineWatch::fire() {
  kj::TimePoint now = timer_.now();
  firing_ = true;
  for (size_t i = entries_.size(); i-- > 0;) {
    if (i >= entries_.size()) continue;
    Entry& entry = *entries_[i];
    if (!entry.due_ || *entry.due_ > now) continue;
    entry.due_.reset();
    entry.expired();
  }
  firing_ = false;
}

std::optional<kj::TimePoint> DeadlineWatch::earliest() const {
  std::optional<kj::TimePoint> first;
  for (const Entry* entry : entries_) {
    if (entry->due_ && (!first || *entry->due_ < *first)) first = entry->due_;
  }
  return first;
}

}  // namespace nano
