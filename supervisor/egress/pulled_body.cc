#include "supervisor/egress/pulled_body.h"

#include <algorithm>
#include <utility>

#include <kj/debug.h>

#include "supervisor/http_limits.h"

namespace nano {
namespace {

kj::ArrayPtr<const kj::byte> bytesOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}

// How long a reader may let a piece wait: what HTTP grants a client that is still busy with the
// piece before it.
kj::Duration patienceAfter(size_t lastPiece) {
  const HttpLimits limits;
  return limits.writeTimeout + lastPiece / limits.bytesPerSecond * kj::SECONDS;
}

}  // namespace

PulledBody::PulledBody(kj::Timer& timer, std::shared_ptr<ByteBudget> budget,
                       kj::Function<void()> lost)
    : timer_(timer),
      budget_(std::move(budget)),
      lost_(kj::mv(lost)) {}

PulledBody::~PulledBody() noexcept(false) { forget(); }

kj::Promise<void> PulledBody::write(std::span<const std::byte> bytes) {
  KJ_REQUIRE(state_ == State::kOpen && piece_.size() == 0 && !bytes.empty());
  if (!budget_->hasRoomFor(bytes.size())) {
    giveUp("too much of what this tenant's apps fetched from apps of this server is not read");
    return kj::NEVER_DONE;
  }
  budget_->take(bytes.size());
  piece_ = kj::heapArray(bytesOf(bytes));
  taken_ = 0;
  if (reader_.get() != nullptr && reader_->isWaiting()) {
    auto reader = kj::mv(reader_);
    reader->fulfill(take(wanted_));
  }
  if (piece_.size() == 0) return kj::READY_NOW;
  beImpatient();
  auto taken = kj::newPromiseAndFulfiller<void>();
  writer_ = kj::mv(taken.fulfiller);
  return kj::mv(taken.promise);
}

void PulledBody::end() {
  if (state_ == State::kBroken) return;
  state_ = State::kEnded;
  if (reader_.get() != nullptr) reader_->fulfill({nullptr, true});
  reader_ = nullptr;
}

void PulledBody::breakOff(std::string why) {
  state_ = State::kBroken;
  whyBroken_ = std::move(why);
  forget();
  if (reader_.get() != nullptr) reader_->reject(broken());
  reader_ = nullptr;
}

kj::Promise<ByteChunk> PulledBody::read(size_t maxBytes) {
  if (state_ == State::kBroken) return broken();
  if (piece_.size() == 0 && state_ == State::kEnded) return ByteChunk{nullptr, true};
  if (piece_.size() > 0) {
    ByteChunk chunk = take(maxBytes);
    if (piece_.size() > 0) {
      beImpatient();
    } else {
      patience_ = nullptr;
    }
    return kj::mv(chunk);
  }
  auto piece = kj::newPromiseAndFulfiller<ByteChunk>();
  reader_ = kj::mv(piece.fulfiller);
  wanted_ = maxBytes;
  return kj::mv(piece.promise);
}

ByteChunk PulledBody::take(size_t maxBytes) {
  size_t size = std::min(maxBytes, piece_.size() - taken_);
  auto slice = piece_.slice(taken_, taken_ + size);
  taken_ += size;
  if (taken_ < piece_.size()) return {kj::heapArray<kj::byte>(slice), false};
  lastPiece_ = piece_.size();
  kj::Array<const kj::byte> bytes;
  if (slice.size() == piece_.size()) {
    bytes = kj::mv(piece_);
    budget_->give(lastPiece_);
  } else {
    bytes = kj::heapArray<kj::byte>(slice);
    forget();
  }
  if (writer_.get() != nullptr) writer_->fulfill();
  writer_ = nullptr;
  return {kj::mv(bytes), state_ == State::kEnded};
}

void PulledBody::beImpatient() {
  patience_ = timer_.afterDelay(patienceAfter(lastPiece_))
                  .then([this]() { giveUp("the response was not read in time"); })
                  .eagerlyEvaluate(nullptr);
}

void PulledBody::forget() {
  budget_->give(piece_.size());
  piece_ = nullptr;
}

void PulledBody::giveUp(std::string why) {
  breakOff(std::move(why));
  lost_();
}

kj::Exception PulledBody::broken() const {
  return {kj::Exception::Type::DISCONNECTED, __FILE__, __LINE__, kj::str(whyBroken_.c_str())};
}

}  // namespace nano
