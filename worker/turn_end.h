#pragma once

#include <vector>

#include "protocol/event_loop.h"

namespace nano {

// Those that have something to do once, at the end of the running turn: when all events of the turn
// have been worked off, no promise is being continued and no JavaScript is on the stack.
class TurnEnd final : public TurnHook {
 public:
  class Participant {
   public:
    // Must not throw. What it stirs up itself waits for the next turn.
    virtual void endTurn() = 0;

   protected:
    Participant() = default;
    Participant(const Participant&) = delete;
    Participant& operator=(const Participant&) = delete;
    ~Participant() noexcept(false);

   private:
    friend class TurnEnd;
    TurnEnd* queuedIn_ = nullptr;
  };

  explicit TurnEnd(EventLoop& loop) : TurnHook(loop) {}
  ~TurnEnd() noexcept(false) = default;

  // Within this turn, once however often it is asked.
  void add(Participant& participant);

  Next endTurn() override;

 private:
  void withdraw(Participant& participant);

  // Null where a participant was destroyed before its turn's end.
  std::vector<Participant*> queue_;
};

}  // namespace nano
