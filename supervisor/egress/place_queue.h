#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include <kj/async.h>
#include <kj/common.h>

namespace nano {

// So many places, and a queue for them in the order of asking, bounded by the bytes that those who
// wait keep in memory. One thread.
class PlaceQueue final {
 public:
  // Given back when the last who has it lets go.
  using Place = std::shared_ptr<void>;

  PlaceQueue(size_t places, size_t waitingBytes);
  KJ_DISALLOW_COPY(PlaceQueue);

  // Ready with a place, which may outlive this; null at once where too much waits already. Dropping
  // the promise leaves the queue.
  kj::Promise<Place> take(size_t bytes);

  size_t taken() const { return state_->taken; }

 private:
  class Waiter;
  struct State {
    size_t places;
    size_t mostBytes;
    size_t taken = 0;
    size_t bytes = 0;  // Of those that wait.
    std::list<Waiter*> waiting{};
  };

  static Place makePlace(std::shared_ptr<State> state);
  static void giveBack(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace nano
