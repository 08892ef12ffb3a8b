#include "supervisor/egress/received_body.h"

#include <kj/debug.h>

namespace nano {
namespace {

kj::Exception brokenOff(const std::string& why) {
  kj::StringPtr text = why.c_str();
  return KJ_EXCEPTION(DISCONNECTED, text);
}

}  // namespace

void ReceivedBody::add(kj::ArrayPtr<const kj::byte> bytes) {
  // What was read in small pieces goes once it is more than what is left, so that its copies cost
  // no more than the bytes themselves.
  if (taken_ > held()) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  budget_->take(bytes.size());
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  answer();
}

void ReceivedBody::end() {
  ended_ = true;
  answer();
}

void ReceivedBody::breakOff(std::string why) {
  if (over()) return;
  broken_ = std::move(why);
  answer();
}

void ReceivedBody::answer() {
  if (!awaited()) return;
  if (held() > 0 || ended_) {
    reader_->fulfill(takeChunk(readBytes_));
  } else if (broken_) {
    reader_->reject(brokenOff(*broken_));
  } else {
    return;
  }
  reader_ = nullptr;
}

kj::Promise<ByteChunk> ReceivedBody::read(size_t maxBytes) {
  KJ_REQUIRE(maxBytes > 0 && !awaited(), "one read at a time");
  if (held() > 0 || ended_) return takeChunk(maxBytes);
  if (broken_) return brokenOff(*broken_);
  auto pair = kj::newPromiseAndFulfiller<ByteChunk>();
  reader_ = kj::mv(pair.fulfiller);
  readBytes_ = maxBytes;
  return kj::mv(pair.promise);
}

// The usual reader asks for as much as is ever held, and gets it without a copy.
ByteChunk ReceivedBody::takeChunk(size_t maxBytes) {
  kj::ArrayPtr<const kj::byte> here(bytes_.data() + taken_, held());
  if (here.size() <= maxBytes) {
    budget_->give(here.size());
    taken_ = 0;
    auto all = here.attach(kj::mv(bytes_));
    bytes_ = {};
    return {kj::mv(all), ended_};
  }
  budget_->give(maxBytes);
  taken_ += maxBytes;
  return {kj::heapArray<const kj::byte>(here.slice(0, maxBytes)), false};
}

kj::Array<kj::byte> ReceivedBody::takeAll() {
  KJ_REQUIRE(ended_ && taken_ == 0);
  budget_->give(held());
  kj::ArrayPtr<kj::byte> all(bytes_.data(), bytes_.size());
  auto array = all.attach(kj::mv(bytes_));
  bytes_ = {};
  return array;
}

}  // namespace nano
