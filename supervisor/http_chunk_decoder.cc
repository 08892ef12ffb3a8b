#include "supervisor/http_chunk_decoder.h"

#include <string.h>

#include <algorithm>

#include "supervisor/http_syntax.h"

namespace nano {
namespace {

// Fifteen digits keep every sum below 2^63; no body is that large.
constexpr uint32_t kMaxSizeDigits = 15;
// All extensions of one body together: a budget a chunk would multiply (hostile case H13).
constexpr uint32_t kMaxExtensionBytes = 4 * 1024;
// security 3.1: trailers.
constexpr uint32_t kMaxTrailerBytes = 8 * 1024;

uint64_t hexValue(char c) {
  if (c <= '9') return static_cast<uint64_t>(c - '0');
  return static_cast<uint64_t>(lowerCase(c) - 'a') + 10;
}

}  // namespace

HttpChunkDecoder::Step HttpChunkDecoder::decode(std::span<const char> coded,
                                                std::span<char> plain) {
  Step step;
  while (step.used < coded.size() && !done() && !broken()) {
    if (state_ != State::kData) {
      state_ = next(coded[step.used++]);
      continue;
    }
    size_t size = std::min(coded.size() - step.used, plain.size() - step.made);
    size = static_cast<size_t>(std::min<uint64_t>(size, left_));
    if (size == 0) break;
    memmove(plain.data() + step.made, coded.data() + step.used, size);
    step.used += size;
    step.made += size;
    left_ -= size;
    if (left_ == 0) state_ = State::kDataCr;
  }
  return step;
}

HttpChunkDecoder::State HttpChunkDecoder::next(char c) {
  switch (state_) {
    case State::kSizeStart:
    case State::kSize:
    case State::kExtension:
    case State::kSizeEnd:
      return nextOfSize(c);
    case State::kDataCr:
      return c == '\r' ? State::kDataLf : State::kBroken;
    case State::kDataLf:
      return c == '\n' ? State::kSizeStart : State::kBroken;
    case State::kLastLf:
      return c == '\n' ? State::kDone : State::kBroken;
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerEnd:
      return nextOfTrailer(c);
    case State::kData:
    case State::kDone:
    case State::kBroken:
      break;
  }
  return State::kBroken;
}

HttpChunkDecoder::State HttpChunkDecoder::nextOfSize(char c) {
  if (state_ == State::kSizeEnd) {
    if (c != '\n') return State::kBroken;
    return left_ == 0 ? State::kTrailerStart : State::kData;
  }
  if (state_ == State::kExtension) {
    if (c == '\r') return State::kSizeEnd;
    bool allowed = isByte(c, kValueByte) && ++extensionBytes_ <= kMaxExtensionBytes;
    return allowed ? State::kExtension : State::kBroken;
  }
  if (isByte(c, kHexByte)) {
    if (state_ == State::kSizeStart) {
      left_ = 0;
      sizeDigits_ = 0;
    }
    left_ = left_ * 16 + hexValue(c);
    return ++sizeDigits_ <= kMaxSizeDigits ? State::kSize : State::kBroken;
  }
  if (state_ == State::kSizeStart) return State::kBroken;
  if (c == '\r') return State::kSizeEnd;
  return c == ';' ? State::kExtension : State::kBroken;
}

HttpChunkDecoder::State HttpChunkDecoder::nextOfTrailer(char c) {
  if (++trailerBytes_ > kMaxTrailerBytes) return State::kBroken;
  switch (state_) {
    case State::kTrailerStart:
      if (c == '\r') return State::kLastLf;
      return isByte(c, kTokenByte) ? State::kTrailerName : State::kBroken;
    case State::kTrailerName:
      if (c == ':') return State::kTrailerValue;
      return isByte(c, kTokenByte) ? State::kTrailerName : State::kBroken;
    case State::kTrailerValue:
      if (c == '\r') return State::kTrailerEnd;
      return isByte(c, kValueByte) ? State::kTrailerValue : State::kBroken;
    default:
      return c == '\n' ? State::kTrailerStart : State::kBroken;
  }
}

}  // namespace nano
