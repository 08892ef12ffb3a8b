#pragma once

#include <cstddef>
#include <deque>
#include <memory>

#include <kj/async.h>
#include <kj/memory.h>

namespace nano {

// So many places, and a queue for them in the order of asking, bounded by the bytes that those who
// wait keep in memory. One thread.
class PlaceQueue final {
 public:
  PlaceQueue(size_t places, size_t waitingBytes);
  KJ_DISALLOW_COPY(PlaceQueue);

  // Ready with a place, which is given back when it is dropped and may outlive this; null at once
  // where too much waits already. Dropping the promise leaves the queue.
  kj::Promise<kj::Own<void>> take(size_t bytes);

  size_t taken() const { return state_->taken; }

 private:
  struct Waiter {
    size_t bytes;
    kj::Own<kj::PromiseFulfiller<kj::Own<void>>> fulfiller;
  };
  struct State {
    size_t places;
    size_t mostBytes;
    size_t taken = 0;
    size_t bytes = 0;
    std::deque<Waiter> waiting{};
  };

  static kj::Own<void> makePlace(std::shared_ptr<State> state);
  static void giveBack(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace nano
