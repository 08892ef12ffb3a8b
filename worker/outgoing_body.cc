#include "worker/outgoing_body.h"

#include <algorithm>
#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {

// What the supervisor holds.
class OutgoingBody::Source final : public rpc::ByteSource::Server {
 public:
  explicit Source(kj::Own<OutgoingBody> body) : body_(kj::mv(body)) {}
  ~Source() noexcept(false) { body_->sourceDropped(); }

 protected:
  kj::Promise<void> read(ReadContext context) override {
    context.allowCancellation();
    return body_->read(context).attach(kj::addRef(*body_));
  }

 private:
  kj::Own<OutgoingBody> body_;
};

rpc::ByteSource::Client OutgoingBody::makeSource() { return kj::heap<Source>(kj::addRef(*this)); }

kj::Promise<void> OutgoingBody::read(ReadContext context) {
  KJ_REQUIRE(reader_ == nullptr, "one read of a body at a time");
  if (offset_ == buffer_.size() && state_ == State::kOpen && !pulling_) {
    pulling_ = true;
    producer_->pull(slot_);
  }
  if (offset_ < buffer_.size() || state_ != State::kOpen) return deliver(context);
  auto waiting = kj::newPromiseAndFulfiller<void>();
  reader_ = kj::mv(waiting.fulfiller);
  return waiting.promise.then([this, context]() mutable { return deliver(context); });
}

kj::Promise<void> OutgoingBody::deliver(ReadContext context) {
  const size_t left = buffer_.size() - offset_;
  if (left == 0 && state_ == State::kOpen) return read(context);  // An empty chunk.
  if (left == 0 && state_ == State::kFailed) {
    return KJ_EXCEPTION(FAILED, "the response body broke off");
  }
  const size_t wanted = std::min<size_t>(context.getParams().getMaxBytes(), kMaxReadBytes);
  const size_t size = std::min(left, std::max<size_t>(wanted, 1));
  auto results = context.getResults(capnp::MessageSize{size / sizeof(capnp::word) + 8, 0});
  results.setBytes(kj::arrayPtr(reinterpret_cast<const kj::byte*>(buffer_.data()) + offset_, size));
  offset_ += size;
  if (offset_ == buffer_.size()) {
    buffer_ = {};
    share_.reset();
    offset_ = 0;
    results.setEnd(state_ == State::kEnded);
  }
  return kj::READY_NOW;
}

bool OutgoingBody::write(std::span<const std::byte> chunk,
                         const std::shared_ptr<BufferBudget>& budget) {
  if (state_ != State::kOpen) return true;
  pulling_ = false;
  if (!share_.add(budget, chunk.size())) {
    breakOff();
    return false;
  }
  buffer_.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
  wakeReader();
  return true;
}

void OutgoingBody::end() {
  isForgotten_ = true;
  if (state_ != State::kOpen) return;
  state_ = State::kEnded;
  producer_ = nullptr;
  wakeReader();
}

void OutgoingBody::fail() {
  isForgotten_ = true;
  breakOff();
}

void OutgoingBody::breakOff() {
  if (state_ != State::kOpen) return;
  state_ = State::kFailed;
  producer_ = nullptr;
  wakeReader();
}

void OutgoingBody::detach() { breakOff(); }

void OutgoingBody::sourceDropped() {
  if (state_ != State::kOpen) return;
  state_ = State::kFailed;
  std::exchange(producer_, nullptr)->readerLeft(slot_);
}

void OutgoingBody::wakeReader() {
  KJ_IF_MAYBE(reader, reader_) {
    auto fulfiller = kj::mv(*reader);
    reader_ = nullptr;
    fulfiller->fulfill();
  }
}

}  // namespace nano
