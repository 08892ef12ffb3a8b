#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "snapshot/buffer_budget.h"

namespace nano {

// The content codings that HTTP has in use (RFC 9110 8.4.1, 7932, 8878, 9659).
enum class ContentCoding : uint8_t { kGzip, kDeflate, kBrotli, kZstd };

// What the value of a Content-Encoding field names, where it is one coding that is known. Of
// several codings none is taken off: each layer is another bomb.
std::optional<ContentCoding> contentCodingOf(std::string_view contentEncoding);

// Takes a content coding off, piece by piece, in bounded memory: the decoder's own is on the
// budget, and what it makes goes where the caller says. Decoding stops where a body turns out to be
// a bomb.
class ContentDecoder {
 public:
  // Null where there is no memory for it.
  static std::unique_ptr<ContentDecoder> make(ContentCoding coding,
                                              const std::shared_ptr<BufferBudget>& budget);
  virtual ~ContentDecoder() = default;
  ContentDecoder(const ContentDecoder&) = delete;
  ContentDecoder& operator=(const ContentDecoder&) = delete;

  enum class State : uint8_t { kFine, kBroken, kTooDense, kNoMemory };
  struct Step {
    size_t read = 0;
    size_t written = 0;
    State state = State::kFine;
  };
  // Goes on until the input is used up or the output is full; a full one may mean that there is
  // more, without more input. Not after another state than kFine. What comes behind the end of the
  // coded data is read and dropped, as curl and browsers do.
  Step decode(std::span<const std::byte> input, std::span<std::byte> output);
  // Whether the coded data may end here. No data at all is fine: servers send it.
  bool mayEnd() const { return totalRead_ == 0 || isAtEnd(); }

 protected:
  ContentDecoder() = default;
  virtual Step step(std::span<const std::byte> input, std::span<std::byte> output) = 0;
  virtual bool isAtEnd() const = 0;

 private:
  uint64_t totalRead_ = 0;
  uint64_t totalWritten_ = 0;
};

}  // namespace nano
