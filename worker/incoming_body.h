#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <kj/async.h>
#include <kj/function.h>

#include "protocol/http.capnp.h"
#include "snapshot/buffer_budget.h"
#include "snapshot/content_decoder.h"
#include "worker/message_parts.h"

namespace nano {

// A body on its way in, a request's or a fetched response's: JavaScript asks for a chunk, the
// supervisor sends one. Or it is handed on as it came, unread.
class IncomingBody final {
 public:
  // `budget` gives what is kept of a body that is decoded.
  IncomingBody(BodyStream stream, std::shared_ptr<BufferBudget> budget);
  // One that is all there, encoded; `share` is what the budget gave for it.
  IncomingBody(std::string bytes, BufferShare share, std::unique_ptr<ContentDecoder> decoder);
  IncomingBody(const IncomingBody&) = delete;
  IncomingBody& operator=(const IncomingBody&) = delete;

  // From here on reading takes the content coding off. Before the first read.
  void decodeWith(std::unique_ptr<ContentDecoder> decoder) { decoder_ = std::move(decoder); }
  bool isDecoded() const { return decoder_ != nullptr; }

  // What became of a read; the bytes are as they came, and live for the call.
  struct Chunk {
    enum class Kind { kBytes, kEnd, kBroken } kind;
    std::span<const std::byte> bytes;
  };
  using Receiver = kj::Function<void(const Chunk&)>;

  bool isReading() const { return receiver_ != nullptr; }
  // One at a time. `receive` is called from the loop; it may read again, but not destroy this.
  void read(Receiver receive);

  // What JavaScript gets for a chunk. Takes the CPU time of decoding: call it inside of a run.
  struct Piece {
    // kMore: nothing yet, read on.
    enum class Kind { kBytes, kMore, kEnd, kBroken } kind;
    // In the chunk, or in `scratch`.
    std::span<const std::byte> bytes;
    // With kBroken, where it is not that the body broke off.
    const char* problem = nullptr;
  };
  Piece decode(const Chunk& chunk, std::span<std::byte> scratch);

  // All of it, for somebody else; nothing where it has been read or is gone.
  std::optional<BodyContent> giveAway();
  // Nobody reads on, and the supervisor hears of it. A read under way ends as if at the end.
  void cancel();

 private:
  struct Ignored final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };
  void finish(const Chunk& chunk);
  void finishLater(Chunk::Kind kind);
  bool keepRest(std::span<const std::byte> rest);

  kj::Maybe<rpc::ByteSource::Client> source_;
  int64_t length_ = -1;
  std::shared_ptr<BufferBudget> budget_;
  std::unique_ptr<ContentDecoder> decoder_;
  // What has come and is not decoded yet, from `offset_` on.
  std::string waiting_;
  size_t offset_ = 0;
  BufferShare share_;
  // The decoder may have more without more to read.
  bool hasMore_ = false;
  bool isTouched_ = false;
  kj::Maybe<Receiver> receiver_;
  // Of the read under way.
  kj::Canceler canceler_;
  Ignored ignored_;
  kj::TaskSet tasks_;
};

}  // namespace nano
