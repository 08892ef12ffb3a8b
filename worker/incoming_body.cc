#include "worker/incoming_body.h"

#include <utility>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

// What is asked for at a time: a chunk is held twice, in its message and in JavaScript.
constexpr uint32_t kReadBytes = 64 * 1024;
static_assert(kReadBytes <= kMaxReadBytes);

using Response = capnp::Response<rpc::ByteSource::ReadResults>;

constexpr char kNotEncoded[] = "The body is not encoded as its Content-Encoding says";
constexpr char kTooDense[] = "The body is more than 1000 times as large as what was sent for it";
constexpr char kNoMemory[] = "The body could not be decoded within limits.buffers_mb";

const char* problemOf(ContentDecoder::State state) {
  switch (state) {
    case ContentDecoder::State::kTooDense:
      return kTooDense;
    case ContentDecoder::State::kNoMemory:
      return kNoMemory;
    default:
      return kNotEncoded;
  }
}

}  // namespace

IncomingBody::IncomingBody(BodyStream stream, std::shared_ptr<BufferBudget> budget)
    : source_(kj::mv(stream.source)),
      length_(stream.length),
      budget_(std::move(budget)),
      tasks_(ignored_) {}

IncomingBody::IncomingBody(std::string bytes, BufferShare share,
                           std::unique_ptr<ContentDecoder> decoder)
    : decoder_(std::move(decoder)),
      waiting_(std::move(bytes)),
      share_(std::move(share)),
      hasMore_(true),
      tasks_(ignored_) {}

void IncomingBody::read(Receiver receive) {
  KJ_REQUIRE(receiver_ == nullptr, "one read of a body at a time");
  receiver_ = kj::mv(receive);
  isTouched_ = true;
  if (hasMore_) {
    finishLater(Chunk::Kind::kBytes);
    return;
  }
  KJ_IF_MAYBE(source, source_) {
    auto request = source->readRequest();
    request.setMaxBytes(kReadBytes);
    kj::Promise<Response> answered = request.send();
    tasks_.add(canceler_.wrap(kj::mv(answered))
                   .then(
                       [this](Response&& response) {
                         const auto bytes = response.getBytes();
                         if (response.getEnd()) source_ = nullptr;
                         finish({bytes.size() == 0 ? Chunk::Kind::kEnd : Chunk::Kind::kBytes,
                                 std::as_bytes(std::span(bytes.begin(), bytes.size()))});
                       },
                       [this](kj::Exception&&) {
                         const bool isCanceled = source_ == nullptr;
                         source_ = nullptr;
                         finish({isCanceled ? Chunk::Kind::kEnd : Chunk::Kind::kBroken, {}});
                       }));
  } else {
    finishLater(Chunk::Kind::kEnd);
  }
}

void IncomingBody::finish(const Chunk& chunk) {
  KJ_IF_MAYBE(waiting, receiver_) {
    Receiver receive = kj::mv(*waiting);
    receiver_ = nullptr;
    receive(chunk);
  }
}

void IncomingBody::finishLater(Chunk::Kind kind) {
  tasks_.add(kj::evalLater([this, kind]() { finish({kind, {}}); }));
}

IncomingBody::Piece IncomingBody::decode(const Chunk& chunk, std::span<std::byte> scratch) {
  if (chunk.kind == Chunk::Kind::kBroken) return {Piece::Kind::kBroken, {}};
  if (decoder_ == nullptr) {
    const bool isEnd = chunk.kind == Chunk::Kind::kEnd;
    return {isEnd ? Piece::Kind::kEnd : Piece::Kind::kBytes, chunk.bytes};
  }
  const std::span<const std::byte> input =
      hasMore_ ? std::as_bytes(std::span(waiting_).subspan(offset_)) : chunk.bytes;
  const ContentDecoder::Step step = decoder_->decode(input, scratch);
  if (step.state != ContentDecoder::State::kFine) {
    cancel();
    return {Piece::Kind::kBroken, {}, problemOf(step.state)};
  }
  const bool kept = keepRest(input.subspan(step.read));
  hasMore_ = kept && (offset_ < waiting_.size() || step.written == scratch.size());
  if (!kept) {
    cancel();
    return {Piece::Kind::kBroken, {}, kNoMemory};
  }
  if (step.written > 0) return {Piece::Kind::kBytes, scratch.first(step.written)};
  if (chunk.kind != Chunk::Kind::kEnd) return {Piece::Kind::kMore, {}};
  if (decoder_->mayEnd()) return {Piece::Kind::kEnd, {}};
  return {Piece::Kind::kBroken, {}, kNotEncoded};
}

// `rest` is the end of what waits already, or of a chunk that goes away.
bool IncomingBody::keepRest(std::span<const std::byte> rest) {
  if (rest.empty()) {
    waiting_ = {};
    offset_ = 0;
    share_.reset();
    return true;
  }
  if (hasMore_) {
    offset_ = waiting_.size() - rest.size();
    return true;
  }
  if (!share_.add(budget_, rest.size())) return false;
  waiting_.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
  offset_ = 0;
  return true;
}

std::optional<BodyContent> IncomingBody::giveAway() {
  if (isTouched_) return std::nullopt;
  isTouched_ = true;
  KJ_IF_MAYBE(source, source_) {
    BodyStream stream{kj::mv(*source), length_};
    source_ = nullptr;
    return stream;
  }
  hasMore_ = false;
  share_.reset();
  return std::exchange(waiting_, {});
}

void IncomingBody::cancel() {
  isTouched_ = true;
  source_ = nullptr;
  hasMore_ = false;
  waiting_ = {};
  share_.reset();
  canceler_.cancel("nobody reads the body any more");
}

}  // namespace nano
