#include "supervisor/http_request_body.h"

#include <string.h>

#include <algorithm>
#include <utility>

#include <kj/debug.h>

namespace nano {
namespace {

// One recv of a chunked body. What follows the body's end has to be stored, so less than the reader
// may ask for.
constexpr size_t kMaxChunkedReceive = 64 * 1024;

kj::Exception exceptionOf(HttpRequestBody::Fault fault) {
  switch (fault) {
    case HttpRequestBody::Fault::kMalformed:
      return KJ_EXCEPTION(FAILED, "the request's body is malformed");
    case HttpRequestBody::Fault::kTooLarge:
      return KJ_EXCEPTION(FAILED, "the request's body is larger than is allowed");
    case HttpRequestBody::Fault::kTooSlow:
      return KJ_EXCEPTION(DISCONNECTED, "the request's body came too slowly");
    case HttpRequestBody::Fault::kNone:
    case HttpRequestBody::Fault::kCutOff:
      break;
  }
  return KJ_EXCEPTION(DISCONNECTED, "the request's body was cut off");
}

kj::Array<kj::byte> copyOf(std::string_view bytes) {
  auto array = kj::heapArray<kj::byte>(bytes.size());
  memcpy(array.begin(), bytes.data(), bytes.size());
  return array;
}

}  // namespace

HttpRequestBody::~HttpRequestBody() noexcept(false) {}

void HttpRequestBody::reset(const RequestFraming& framing) {
  framing_ = framing.body;
  length_ = framing.length;
  taken_ = skipped_ = received_ = 0;
  chunks_ = HttpChunkDecoder();
  fault_ = Fault::kNone;
  early_ = {};
  collected_.reset();
  collectedBytes_ = 0;
  waitingSince_.reset();
  waited_ = 0 * kj::SECONDS;
}

bool HttpRequestBody::done() const {
  switch (framing_) {
    case RequestFraming::Body::kNone:
      return true;
    case RequestFraming::Body::kLength:
      return taken_ == length_;
    case RequestFraming::Body::kChunked:
      return chunks_.done();
  }
  return false;
}

std::optional<uint64_t> HttpRequestBody::left() const {
  if (framing_ == RequestFraming::Body::kChunked) return std::nullopt;
  return length_ - taken_;
}

void HttpRequestBody::fail(Fault fault) {
  if (fault_ == Fault::kNone) fault_ = fault;
  if (wanted()) reader_->reject(exceptionOf(fault_));
  reader_ = nullptr;
}

HttpChunkDecoder::Step HttpRequestBody::decode(std::span<const char> raw, std::span<char> plain) {
  HttpChunkDecoder::Step step;
  if (framing_ == RequestFraming::Body::kLength) {
    size_t size = std::min(raw.size(), plain.size());
    size = static_cast<size_t>(std::min<uint64_t>(size, length_ - taken_));
    if (size != 0) memmove(plain.data(), raw.data(), size);
    step = {size, size};
  } else if (framing_ == RequestFraming::Body::kChunked) {
    step = chunks_.decode(raw, plain);
    if (chunks_.broken()) fail(Fault::kMalformed);
  }
  taken_ += step.made;
  if (taken_ > limits_.bodyBytes) fail(Fault::kTooLarge);
  return step;
}

std::optional<std::string_view> HttpRequestBody::takeWhole() {
  std::span<char> raw = input_.unread();
  if (framing_ == RequestFraming::Body::kLength &&
      (raw.size() < length_ || length_ > limits_.inlineBodyBytes)) {
    return std::nullopt;
  }
  if (raw.empty()) return std::nullopt;
  HttpChunkDecoder::Step step = decode(raw, raw);
  std::string_view plain(raw.data(), step.made);
  input_.pin(step.used);
  if (done() && plain.size() <= limits_.inlineBodyBytes) return plain;
  early_ = plain;
  return std::nullopt;
}

void HttpRequestBody::startCollecting() {
  std::span<char> here = input_.unread();
  collected_ = std::make_unique_for_overwrite<char[]>(length_);
  taken_ = received_ = collectedBytes_ = here.size();
  if (here.empty()) return;
  memcpy(collected_.get(), here.data(), here.size());
  input_.consume(here.size());
}

Received HttpRequestBody::collect(int socket) {
  size_t bytes = 0;
  std::span<char> room(collected_.get() + collectedBytes_, length_ - collectedBytes_);
  Received result = nano::receive(socket, room, bytes);
  collectedBytes_ += bytes;
  received_ += bytes;
  taken_ = collectedBytes_;
  return result;
}

kj::Promise<kj::Array<kj::byte>> HttpRequestBody::read(size_t maxBytes) {
  KJ_REQUIRE(!wanted(), "one read at a time");
  KJ_REQUIRE(maxBytes != 0);
  auto bytes = takeFromInput(maxBytes);
  if (bytes.size() != 0) return kj::mv(bytes);
  if (fault_ != Fault::kNone) return exceptionOf(fault_);
  if (done()) return kj::Array<kj::byte>();
  auto pair = kj::newPromiseAndFulfiller<kj::Array<kj::byte>>();
  reader_ = kj::mv(pair.fulfiller);
  readBytes_ = maxBytes;
  return kj::mv(pair.promise);
}

// Nothing comes of a body that has failed, not even what arrived before.
kj::Array<kj::byte> HttpRequestBody::takeFromInput(size_t maxBytes) {
  if (fault_ != Fault::kNone) return nullptr;
  if (!early_.empty()) {
    std::string_view piece = early_.substr(0, maxBytes);
    early_.remove_prefix(piece.size());
    return copyOf(piece);
  }
  std::span<char> raw = input_.unread();
  if (raw.empty() || done()) return nullptr;
  HttpChunkDecoder::Step step = decode(raw, raw.first(std::min(raw.size(), maxBytes)));
  kj::Array<kj::byte> bytes;
  if (fault_ == Fault::kNone && step.made != 0) bytes = copyOf({raw.data(), step.made});
  input_.consume(step.used);
  return bytes;
}

Received HttpRequestBody::receive(int socket, std::span<char> scratch) {
  size_t most = std::min(readBytes_, scratch.size());
  if (framing_ == RequestFraming::Body::kLength) {
    most = static_cast<size_t>(std::min<uint64_t>(most, length_ - taken_));
  } else {
    most = std::min(most, kMaxChunkedReceive);
  }
  size_t bytes = 0;
  Received result = nano::receive(socket, scratch.first(most), bytes);
  if (result != Received::kSome) return result;

  received_ += bytes;
  std::span<char> raw = scratch.first(bytes);
  HttpChunkDecoder::Step step = decode(raw, raw);
  if (fault_ != Fault::kNone) return result;
  if (step.made != 0 || done()) {
    reader_->fulfill(copyOf({raw.data(), step.made}));
    reader_ = nullptr;
  }
  input_.append(raw.subspan(step.used));
  return result;
}

HttpRequestBody::Skipped HttpRequestBody::skip() {
  if (fault_ != Fault::kNone) return Skipped::kTooMuch;
  std::span<char> raw = input_.unread();
  if (!raw.empty()) {
    HttpChunkDecoder::Step step = decode(raw, raw);
    input_.consume(step.used);
    skipped_ += step.used;
    received_ += step.used;
  }
  if (fault_ != Fault::kNone || skipped_ > limits_.drainBytes) return Skipped::kTooMuch;
  return done() ? Skipped::kAll : Skipped::kSome;
}

void HttpRequestBody::waits(kj::TimePoint now) {
  if (!waitingSince_.has_value()) waitingSince_ = now;
}

void HttpRequestBody::came(kj::TimePoint now) {
  if (waitingSince_.has_value()) waited_ += now - *waitingSince_;
  waitingSince_.reset();
}

bool HttpRequestBody::tooSlow() const {
  if (waited_ <= limits_.rateGrace) return false;
  return received_ < limits_.bytesPerSecond * static_cast<uint64_t>(waited_ / kj::SECONDS);
}

void HttpRequestBody::release() {
  early_ = {};
  collected_.reset();
  if (wanted()) reader_->reject(KJ_EXCEPTION(DISCONNECTED, "the request is over"));
  reader_ = nullptr;
}

}  // namespace nano
