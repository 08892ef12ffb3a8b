#include "worker/turn_end.h"

#include <algorithm>

namespace nano {

TurnEnd::Participant::~Participant() noexcept(false) {
  if (queuedIn_ != nullptr) queuedIn_->withdraw(*this);
}

void TurnEnd::add(Participant& participant) {
  if (participant.queuedIn_ != nullptr) return;
  participant.queuedIn_ = this;
  queue_.push_back(&participant);
}

void TurnEnd::withdraw(Participant& participant) {
  std::replace(queue_.begin(), queue_.end(), &participant, static_cast<Participant*>(nullptr));
}

TurnHook::Next TurnEnd::endTurn() {
  const size_t count = queue_.size();
  for (size_t i = 0; i < count; ++i) {
    Participant* participant = queue_[i];
    if (participant == nullptr) continue;
    participant->queuedIn_ = nullptr;
    queue_[i] = nullptr;
    participant->endTurn();
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<ptrdiff_t>(count));
  return queue_.empty() ? Next::kMaySleep : Next::kAgainSoon;
}

}  // namespace nano
