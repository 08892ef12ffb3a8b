#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <utility>

#include <kj/function.h>

namespace nano {

// What one request begins outside of its worker, fetches and sockets: so many in all
// (limits.subrequests), so many at a time (limits.outbound_at_once), the rest in order.
class OutboundTurns final {
 public:
  OutboundTurns() = default;
  OutboundTurns(const OutboundTurns&) = delete;
  OutboundTurns& operator=(const OutboundTurns&) = delete;

  // One more is begun. False, and not counted, past `most`.
  bool count(uint64_t most);
  uint64_t counted() const { return counted_; }

  // A place among those that are under way, or in the queue for one. Given back when this goes.
  class Turn final {
   public:
    Turn(OutboundTurns& turns, kj::Function<void()> start) : turns_(turns), start_(kj::mv(start)) {}
    ~Turn() { turns_.leave(*this); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    friend class OutboundTurns;
    OutboundTurns& turns_;
    kj::Function<void()> start_;
    bool hasStarted_ = false;
  };
  // `start` is called now, or once fewer than `atOnce` are under way, unless the Turn has gone.
  // Must not outlive this.
  std::unique_ptr<Turn> take(uint64_t atOnce, kj::Function<void()> start);
  // The request is over: what waits does not start any more.
  void close() { waiting_.clear(); }

 private:
  void leave(Turn& turn);

  uint64_t counted_ = 0;
  uint64_t atOnce_ = 0;
  uint64_t underWay_ = 0;
  std::list<Turn*> waiting_;
};

}  // namespace nano
