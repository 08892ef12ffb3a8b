#pragma once

#include <cstddef>

#include <capnp/common.h>
#include <kj/common.h>

// Cap'n Proto's stream framing: a table with the number of segments and the size of each, padded
// to a word, then the segments. https://capnproto.org/encoding.html#serialization-over-a-stream
namespace nano {

using Segments = kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>;

// Our messages have one segment, rarely a dozen (each new one doubles the message).
inline constexpr size_t kMaxSegments = 64;

struct FrameScan {
  enum class State { kIncomplete, kComplete, kTooLarge, kTooManySegments };
  State state;
  // The whole frame's size, once enough of the table is there to know it; else 0.
  size_t words;
};

// Looks at the first frame in `received`, which holds what came so far. Trusts nothing in it, and
// reads no more than the table.
FrameScan scanFrame(kj::ArrayPtr<const kj::byte> received, size_t maxWords);

size_t frameWords(Segments segments);
// `out` has room for frameWords(segments).
void writeFrame(Segments segments, kj::byte* out);

}  // namespace nano
