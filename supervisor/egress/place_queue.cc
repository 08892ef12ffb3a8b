#include "supervisor/egress/place_queue.h"

#include <utility>

namespace nano {
namespace {

// What one who waits takes beside its bytes; so that a queue of nothing is bounded too.
constexpr size_t kWaiterBytes = 1024;

}  // namespace

PlaceQueue::PlaceQueue(size_t places, size_t waitingBytes)
    : state_(std::make_shared<State>(State{places, waitingBytes})) {}

PlaceQueue::Place PlaceQueue::makePlace(std::shared_ptr<State> state) {
  ++state->taken;
  State* token = state.get();  // Of a place that there is.
  return {token, [state = std::move(state)](State*) { giveBack(state); }};
}

// To the first who still waits.
void PlaceQueue::giveBack(const std::shared_ptr<State>& state) {
  --state->taken;
  while (!state->waiting.empty() && state->taken < state->places) {
    Waiter next = std::move(state->waiting.front());
    state->waiting.pop_front();
    state->bytes -= next.bytes;
    if (next.fulfiller->isWaiting()) next.fulfiller->fulfill(makePlace(state));
  }
}

kj::Promise<PlaceQueue::Place> PlaceQueue::take(size_t bytes) {
  if (state_->taken < state_->places) return makePlace(state_);
  bytes += kWaiterBytes;
  if (state_->bytes + bytes > state_->mostBytes) return Place();
  auto waiting = kj::newPromiseAndFulfiller<Place>();
  state_->bytes += bytes;
  state_->waiting.push_back({bytes, kj::mv(waiting.fulfiller)});
  return kj::mv(waiting.promise);
}

}  // namespace nano
