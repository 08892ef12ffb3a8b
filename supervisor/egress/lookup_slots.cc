#include "supervisor/egress/lookup_slots.h"

#include <kj/memory.h>

namespace nano {

// A place in the queue, until its promise is fulfilled or dropped.
class LookupSlots::Waiter final {
 public:
  Waiter(kj::PromiseFulfiller<kj::Own<Slot>>& fulfiller, LookupSlots& slots)
      : fulfiller_(fulfiller),
        slots_(slots),
        place_(slots.waiting_.insert(slots.waiting_.end(), this)) {}
  ~Waiter() noexcept(false) { leave(); }
  KJ_DISALLOW_COPY(Waiter);

  void enter() {
    leave();
    fulfiller_.fulfill(slots_.makeSlot());
  }

 private:
  void leave() {
    if (waits_) slots_.waiting_.erase(place_);
    waits_ = false;
  }

  kj::PromiseFulfiller<kj::Own<Slot>>& fulfiller_;
  LookupSlots& slots_;
  std::list<Waiter*>::iterator place_;
  bool waits_ = true;
};

kj::Maybe<kj::Promise<kj::Own<LookupSlots::Slot>>> LookupSlots::take() {
  if (open_ < most_) return kj::Promise<kj::Own<Slot>>(makeSlot());
  if (waiting_.size() >= mostWaiting_) return nullptr;
  return kj::newAdaptedPromise<kj::Own<Slot>, Waiter>(*this);
}

kj::Own<LookupSlots::Slot> LookupSlots::makeSlot() {
  open_++;
  return kj::heap<Slot>(*this);
}

void LookupSlots::release() {
  open_--;
  if (!waiting_.empty() && open_ < most_) waiting_.front()->enter();
}

}  // namespace nano
