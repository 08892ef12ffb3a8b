#include "worker/outbound_turns.h"

#include <algorithm>

namespace nano {

bool OutboundTurns::count(uint64_t most) {
  if (counted_ >= most) return false;
  ++counted_;
  return true;
}

std::unique_ptr<OutboundTurns::Turn> OutboundTurns::take(uint64_t atOnce,
                                                         kj::Function<void()> start) {
  atOnce_ = atOnce;
  auto turn = std::make_unique<Turn>(*this, kj::mv(start));
  if (underWay_ < atOnce_) {
    ++underWay_;
    turn->hasStarted_ = true;
    turn->start_();
  } else {
    waiting_.push_back(turn.get());
  }
  return turn;
}

void OutboundTurns::leave(Turn& turn) {
  if (!turn.hasStarted_) {
    std::erase(waiting_, &turn);
    return;
  }
  --underWay_;
  if (waiting_.empty()) return;
  Turn& next = *waiting_.front();
  waiting_.pop_front();
  ++underWay_;
  next.hasStarted_ = true;
  next.start_();
}

}  // namespace nano
