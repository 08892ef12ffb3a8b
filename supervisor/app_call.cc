#include "supervisor/app_call.h"

namespace nano {

void DeadlineList::add(AppCall& call, kj::TimePoint deadline) {
  call.waiting = true;
  call.deadline = deadline;
  call.older = newest_;
  call.newer = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->newer) = &call;
  newest_ = &call;
}

void DeadlineList::remove(AppCall& call) {
  if (!call.waiting) return;
  call.waiting = false;
  (call.older == nullptr ? oldest_ : call.older->newer) = call.newer;
  (call.newer == nullptr ? newest_ : call.newer->older) = call.older;
}

}  // namespace nano
