#pragma once

#include <cstddef>
#include <list>

#include <kj/async.h>
#include <kj/common.h>

namespace nano {

// How many lookups run at a time, and how many more wait for their turn, first come first served.
// One thread; outlives its slots and the promises for them.
class LookupSlots final {
 public:
  LookupSlots(size_t most, size_t mostWaiting) : most_(most), mostWaiting_(mostWaiting) {}
  KJ_DISALLOW_COPY(LookupSlots);

  // Held while a lookup runs.
  class Slot final {
   public:
    explicit Slot(LookupSlots& slots) : slots_(slots) {}
    ~Slot() noexcept(false) { slots_.release(); }
    KJ_DISALLOW_COPY(Slot);

   private:
    LookupSlots& slots_;
  };

  // Nothing: too many wait already. Dropping the promise leaves the queue.
  kj::Maybe<kj::Promise<kj::Own<Slot>>> take();

  size_t open() const { return open_; }
  size_t waiting() const { return waiting_.size(); }

 private:
  class Waiter;

  kj::Own<Slot> makeSlot();
  void release();

  const size_t most_;
  const size_t mostWaiting_;
  size_t open_ = 0;
  std::list<Waiter*> waiting_;
};

}  // namespace nano
