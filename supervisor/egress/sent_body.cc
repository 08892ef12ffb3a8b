#include "supervisor/egress/sent_body.h"

#include <algorithm>
#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

// Curl's own buffer holds as much again (curl_handle.cc): together the 64 KiB of an upload.
constexpr size_t kPieceBytes = 32 * kKiB;

}  // namespace

SentBody::SentBody(OutboundRequest::Stream stream, Owner& owner)
    : reader_(kj::mv(stream.source)),
      length_(stream.length),
      owner_(owner) {
  pull();
}

SentBody::Taken SentBody::take(std::span<char> into) {
  begun_ = true;
  if (waitsForEnd() || (taken_ == piece_.size() && !ended_)) {
    starved_ = true;
    if (!pulling_) pull();
    return {Taken::State::kWait};
  }
  size_t bytes = std::min(into.size(), piece_.size() - taken_);
  if (bytes == 0) {
    over_ = true;
    return {Taken::State::kEnd};
  }
  memcpy(into.data(), piece_.begin() + taken_, bytes);
  taken_ += bytes;
  given_ += bytes;
  // Curl stops asking at the last byte that it was told of.
  over_ = length_ && given_ == *length_;
  return {Taken::State::kSome, bytes};
}

// Later, because take() is called from inside curl and from nowhere else.
void SentBody::pull() {
  pulling_ = true;
  pull_ =
      kj::evalLater([this]() { return readPiece(); }).eagerlyEvaluate([](kj::Exception&& error) {
        KJ_LOG(ERROR, "a request's body failed", error);
      });
}

kj::Promise<void> SentBody::readPiece() {
  return reader_.read(kPieceBytes)
      .then([this](ByteChunk&& chunk) { return arrived(kj::mv(chunk)); },
            [this](kj::Exception&&) -> kj::Promise<void> {
              broke("the request's body broke off");
              return kj::READY_NOW;
            });
}

kj::Promise<void> SentBody::arrived(ByteChunk chunk) {
  // The end alone leaves the last piece, which waited for it.
  if (chunk.bytes.size() > 0) {
    piece_ = kj::mv(chunk.bytes);
    taken_ = 0;
    received_ += piece_.size();
  }
  ended_ = chunk.end;
  if (length_ && received_ > *length_) {
    broke("the request's body is longer than it said");
  } else if (length_ && ended_ && received_ < *length_) {
    broke("the request's body is shorter than it said");
  } else if (waitsForEnd()) {
    return readPiece();
  } else {
    tell();
  }
  return kj::READY_NOW;
}

void SentBody::tell() {
  pulling_ = false;
  if (starved_) {
    starved_ = false;
    calling_ = true;
    owner_.bodyReady();
    calling_ = false;
  }
}

void SentBody::broke(const char* why) {
  pulling_ = false;
  ended_ = true;
  calling_ = true;
  owner_.bodyBroke(why);
  calling_ = false;
}

}  // namespace nano
