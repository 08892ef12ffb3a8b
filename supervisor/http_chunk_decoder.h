#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace nano {

// Takes the chunked transfer coding (RFC 9112 7.1) off a body, piece by piece.
//
// Strict where llhttp 8.1 is not: every line ends in CRLF, nothing stands between a size and its
// end but an extension. Extensions and trailer fields are checked, counted and forgotten.
class HttpChunkDecoder final {
 public:
  struct Step {
    size_t used = 0;  // Of `coded`.
    size_t made = 0;  // In `plain`.
  };

  // Goes on until `coded` is used up, `plain` is full, the body is over or broken. `plain` may
  // begin where `coded` does.
  Step decode(std::span<const char> coded, std::span<char> plain);

  bool done() const { return state_ == State::kDone; }
  bool broken() const { return state_ == State::kBroken; }

 private:
  enum class State : uint8_t {
    kSizeStart,
    kSize,
    kExtension,
    kSizeEnd,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerEnd,
    kLastLf,
    kDone,
    kBroken,
  };

  State next(char c);
  State nextOfSize(char c);
  State nextOfTrailer(char c);

  uint64_t left_ = 0;  // Of the current chunk.
  uint32_t sizeDigits_ = 0;
  uint32_t extensionBytes_ = 0;
  uint32_t trailerBytes_ = 0;
  State state_ = State::kSizeStart;
};

}  // namespace nano
