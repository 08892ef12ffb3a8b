#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <kj/async.h>
#include <kj/function.h>
#include <kj/timer.h>

#include "protocol/byte_source.h"
#include "supervisor/egress/byte_budget.h"

namespace nano {

// A body between one who pushes it and one who pulls it. Keeps one piece; the next is let in once
// its reader has taken that. A reader may be as slow as the slowest client that is served.
class PulledBody final {
 public:
  // `lost` is called once if the body cannot go on, though its writer has done nothing wrong: it is
  // not read, or there is no room for it. `timer` outlives the body; what it keeps is taken from
  // `budget`.
  PulledBody(kj::Timer& timer, std::shared_ptr<ByteBudget> budget, kj::Function<void()> lost);
  ~PulledBody() noexcept(false);
  KJ_DISALLOW_COPY(PulledBody);

  // At least one byte, copied before it returns. Ready when all of it is taken; one at a time.
  kj::Promise<void> write(std::span<const std::byte> bytes);
  // Nothing more comes after what is there.
  void end();
  // What was not taken is lost; reading fails, and says why.
  void breakOff(std::string why);

  // As ByteProducer.
  kj::Promise<ByteChunk> read(size_t maxBytes);

 private:
  ByteChunk take(size_t maxBytes);
  void beImpatient();
  void forget();
  void giveUp(std::string why);
  kj::Exception broken() const;

  kj::Timer& timer_;
  std::shared_ptr<ByteBudget> budget_;
  kj::Function<void()> lost_;
  enum class State : uint8_t { kOpen, kEnded, kBroken } state_ = State::kOpen;
  std::string whyBroken_;

  kj::Array<kj::byte> piece_;
  size_t taken_ = 0;      // Of the piece.
  size_t lastPiece_ = 0;  // The size of the one before.
  kj::Own<kj::PromiseFulfiller<void>> writer_;
  kj::Own<kj::PromiseFulfiller<ByteChunk>> reader_;
  size_t wanted_ = 0;  // By the reader.
  kj::Promise<void> patience_ = nullptr;
};

}  // namespace nano
