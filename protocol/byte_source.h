#pragma once

#include <cstddef>

#include <kj/array.h>
#include <kj/async.h>
#include <kj/function.h>

#include "protocol/http.capnp.h"

// Both ends of a body that is pulled: memory is bounded by what one read may ask for.
namespace nano {

struct ByteChunk {
  kj::Array<const kj::byte> bytes;
  // Nothing follows `bytes`, which may then be empty.
  bool end = false;
};

// Gives at least one byte and at most `maxBytes`, or the end. Called once at a time and not after
// the end. Its promise is dropped when the reader is gone.
using ByteProducer = kj::Function<kj::Promise<ByteChunk>(size_t maxBytes)>;

// A capability to pull from `produce`, which lives until the reader drops it. What the reader asks
// for is held to the rules of http.capnp; `produce` need not check.
rpc::ByteSource::Client makeByteSource(ByteProducer produce);

// Pulls from a peer that is not trusted to keep to those rules.
class ByteReader {
 public:
  explicit ByteReader(rpc::ByteSource::Client source) : source_(kj::mv(source)) {}

  // At least one byte and at most `maxBytes`, itself at most kMaxReadBytes, or the end. Rejects
  // when the body breaks off or the peer breaks the rules. One call at a time.
  kj::Promise<ByteChunk> read(size_t maxBytes);

 private:
  rpc::ByteSource::Client source_;
};

}  // namespace nano
