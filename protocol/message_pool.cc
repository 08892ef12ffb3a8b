#include "protocol/message_pool.h"

#include <algorithm>
#include <cstring>

#include "protocol/limits.h"

namespace nano {
namespace {

// A batch of ten requests; a hint lets a message start with more.
constexpr size_t kScratchWords = 1024;
// Memory larger than this is not kept: streams and app loads are rare beside requests. It is the
// receive buffer's size, so whatever is copied out of that can be kept.
constexpr size_t kMaxIdleWords = 8 * kKiB;

kj::Array<capnp::word> zeroedWords(size_t count) {
  auto words = kj::heapArray<capnp::word>(count);
  memset(words.asBytes().begin(), 0, words.asBytes().size());
  return words;
}

}  // namespace

void OutgoingMessage::start(kj::Own<MessagePool> pool, Sender& sender, size_t firstSegmentWords) {
  pool_ = kj::mv(pool);
  sender_ = &sender;
  if (firstSegmentWords > kMaxIdleWords) {
    builder_.emplace(firstSegmentWords);
    return;
  }
  size_t wanted = std::max(firstSegmentWords, kScratchWords);
  if (scratch_.size() < wanted) scratch_ = zeroedWords(std::min(2 * wanted, kMaxIdleWords));
  builder_.emplace(scratch_.asPtr());
}

kj::Own<MessagePool> OutgoingMessage::finish() {
  builder_.reset();
  return kj::mv(pool_);
}

void IncomingMessage::start(kj::Own<MessagePool> pool, kj::ArrayPtr<const capnp::word> frame,
                            const capnp::ReaderOptions& options) {
  pool_ = kj::mv(pool);
  words_ = frame.size();
  if (owned_ == nullptr) {
    if (copy_.size() < frame.size()) {
      copy_ = kj::heapArray<capnp::word>(std::max(2 * frame.size(), kScratchWords));
    }
    memcpy(copy_.asBytes().begin(), frame.asBytes().begin(), frame.asBytes().size());
    frame = kj::arrayPtr(copy_.begin(), frame.size());
  }
  reader_.emplace(frame, options);
}

kj::Own<MessagePool> IncomingMessage::finish() {
  reader_.reset();
  owned_ = nullptr;
  if (copy_.size() > 2 * kMaxIdleWords) copy_ = nullptr;
  return kj::mv(pool_);
}

kj::Own<OutgoingMessage> MessagePool::outgoing(OutgoingMessage::Sender& sender,
                                               size_t firstSegmentWords) {
  auto message = outgoing_.take();
  message->start(kj::addRef(*this), sender, firstSegmentWords);
  return message;
}

kj::Own<IncomingMessage> MessagePool::incoming(kj::ArrayPtr<const capnp::word> frame,
                                               kj::Array<capnp::word> owned,
                                               const capnp::ReaderOptions& options) {
  auto message = incoming_.take();
  message->owned_ = kj::mv(owned);
  message->start(kj::addRef(*this), frame, options);
  return message;
}

}  // namespace nano
