#include "protocol/byte_source.h"

#include <algorithm>
#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {
namespace {

class ProducerSource final : public rpc::ByteSource::Server {
 public:
  explicit ProducerSource(ByteProducer produce) : produce_(kj::mv(produce)) {}

  kj::Promise<void> read(ReadContext context) override {
    context.allowCancellation();
    size_t maxBytes = std::clamp<size_t>(context.getParams().getMaxBytes(), 1, kMaxReadBytes);
    context.releaseParams();
    // The reader's mistake, or malice: it gets an error, and the body goes no further.
    KJ_REQUIRE(!busy_ && !ended_, "a body is read one piece at a time, up to its end");
    busy_ = true;
    return produce_(maxBytes)
        .then([this, context](ByteChunk&& chunk) mutable { answer(context, chunk); })
        .attach(kj::defer([this]() { busy_ = false; }));
  }

 private:
  void answer(ReadContext& context, const ByteChunk& chunk) {
    ended_ = chunk.end;
    size_t words = chunk.bytes.size() / sizeof(capnp::word) + 8;
    auto results = context.initResults(capnp::MessageSize{words, 0});
    results.setBytes(chunk.bytes);
    results.setEnd(chunk.end);
  }

  ByteProducer produce_;
  bool busy_ = false;
  bool ended_ = false;
};

}  // namespace

rpc::ByteSource::Client makeByteSource(ByteProducer produce) {
  return kj::heap<ProducerSource>(kj::mv(produce));
}

kj::Promise<ByteChunk> ByteReader::read(size_t maxBytes) {
  maxBytes = std::clamp<size_t>(maxBytes, 1, kMaxReadBytes);
  auto request = source_.readRequest(capnp::MessageSize{4, 0});
  request.setMaxBytes(maxBytes);
  return request.send().then(
      [maxBytes](capnp::Response<rpc::ByteSource::ReadResults>&& piece) -> ByteChunk {
        kj::ArrayPtr<const kj::byte> bytes = piece.getBytes();
        bool end = piece.getEnd();
        KJ_REQUIRE(bytes.size() <= maxBytes, "a body gave more than was asked for");
        KJ_REQUIRE(bytes.size() > 0 || end, "a body gave nothing and did not end");
        // No copy: the bytes stay in the message.
        return {bytes.attach(kj::mv(piece)), end};
      });
}

}  // namespace nano
