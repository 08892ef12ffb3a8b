#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <kj/array.h>
#include <kj/async.h>

#include "protocol/byte_source.h"
#include "supervisor/egress/byte_budget.h"

namespace nano {

// A response's body between curl, which puts it in, and its reader. Whoever puts in looks at
// held() and at the budget, on which what is held counts.
class ReceivedBody final {
 public:
  explicit ReceivedBody(std::shared_ptr<ByteBudget> budget) : budget_(std::move(budget)) {}
  ~ReceivedBody() { budget_->give(held()); }
  ReceivedBody(const ReceivedBody&) = delete;
  ReceivedBody& operator=(const ReceivedBody&) = delete;

  void add(kj::ArrayPtr<const kj::byte> bytes);
  // Nothing follows.
  void end();
  // What was received before is still read, then reads reject with this sentence.
  void breakOff(std::string why);

  // Whether the budget has room for so much more. A reader who waits always gets something.
  bool hasRoomFor(size_t bytes) { return budget_->hasRoomFor(bytes) || (held() == 0 && awaited()); }
  size_t held() const { return bytes_.size() - taken_; }
  bool over() const { return ended_ || broken_.has_value(); }
  bool isWhole() const { return ended_; }
  // Somebody waits for bytes that are not here.
  bool awaited() { return reader_.get() != nullptr && reader_->isWaiting(); }

  // As ByteSource.read.
  kj::Promise<ByteChunk> read(size_t maxBytes);
  // All of a whole one that nobody has read from.
  kj::Array<kj::byte> takeAll();

 private:
  void answer();
  ByteChunk takeChunk(size_t maxBytes);

  std::shared_ptr<ByteBudget> budget_;
  std::vector<kj::byte> bytes_;
  size_t taken_ = 0;
  bool ended_ = false;
  std::optional<std::string> broken_;
  kj::Own<kj::PromiseFulfiller<ByteChunk>> reader_;
  size_t readBytes_ = 0;
};

}  // namespace nano
