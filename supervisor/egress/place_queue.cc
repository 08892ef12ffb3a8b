#include "supervisor/egress/place_queue.h"

#include <utility>

namespace nano {
namespace {

// What one who waits takes beside its bytes; so that a queue of nothing is bounded too.
constexpr size_t kWaiterBytes = 1024;

}  // namespace

// Counts with its bytes until its promise is fulfilled or dropped.
class PlaceQueue::Waiter final {
 public:
  Waiter(kj::PromiseFulfiller<Place>& fulfiller, std::shared_ptr<State> state, size_t bytes)
      : fulfiller_(fulfiller),
        state_(std::move(state)),
        bytes_(bytes),
        position_(state_->waiting.insert(state_->waiting.end(), this)) {
    state_->bytes += bytes_;
  }
  ~Waiter() noexcept(false) {
    if (waits_) leave();
  }
  KJ_DISALLOW_COPY(Waiter);

  void enter() {
    leave();
    fulfiller_.fulfill(makePlace(state_));
  }

 private:
  void leave() {
    state_->waiting.erase(position_);
    state_->bytes -= bytes_;
    waits_ = false;
  }

  kj::PromiseFulfiller<Place>& fulfiller_;
  std::shared_ptr<State> state_;
  size_t bytes_;
  std::list<Waiter*>::iterator position_;
  bool waits_ = true;
};

PlaceQueue::PlaceQueue(size_t places, size_t waitingBytes)
    : state_(std::make_shared<State>(State{places, waitingBytes})) {}

PlaceQueue::Place PlaceQueue::makePlace(std::shared_ptr<State> state) {
  ++state->taken;
  State* token = state.get();  // Of a place that there is.
  return {token, [state = std::move(state)](State*) { giveBack(state); }};
}

// To the first who waits.
void PlaceQueue::giveBack(const std::shared_ptr<State>& state) {
  --state->taken;
  if (!state->waiting.empty() && state->taken < state->places) state->waiting.front()->enter();
}

kj::Promise<PlaceQueue::Place> PlaceQueue::take(size_t bytes) {
  if (state_->taken < state_->places) return makePlace(state_);
  bytes += kWaiterBytes;
  if (state_->bytes + bytes > state_->mostBytes) return Place();
  return kj::newAdaptedPromise<Place, Waiter>(state_, bytes);
}

}  // namespace nano
