#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "snapshot/buffer_budget.h"

namespace nano {

// What CompressionStream and DecompressionStream know, in the order of js/compression.js.
enum class CompressionFormat : uint32_t { kDeflate, kDeflateRaw, kGzip, kBrotli, kZstd };
inline constexpr uint32_t kCompressionFormats = 5;

// Compresses or decompresses, piece by piece, its memory on an app's budget. ContentDecoder
// is made of it for fetch(); here what follows the end of the data is not read.
class Coder {
 public:
  // The numbers are those of js/compression.js.
  enum class State : uint32_t { kGoesOn, kEnded, kBroken, kNoMemory };
  struct Step {
    size_t read = 0;
    size_t written = 0;
    State state = State::kGoesOn;
  };

  // Null where there is no memory. `level` is the library's own scale, within which it is brought;
  // without one it is what is good for streams.
  static std::unique_ptr<Coder> makeEncoder(CompressionFormat format,
                                            const std::shared_ptr<BufferBudget>& budget,
                                            std::optional<int> level = {});
  static std::unique_ptr<Coder> makeDecoder(CompressionFormat format,
                                            const std::shared_ptr<BufferBudget>& budget);
  virtual ~Coder() = default;
  Coder(const Coder&) = delete;
  Coder& operator=(const Coder&) = delete;

  // Whether an encoder's following steps write out all that they have read. A decoder always does.
  virtual void setFlushing(bool) {}

  // Goes on until the input is used up or the output is full; a full one may mean that there is
  // more, without more input. An encoder ends when it is told that its input `isLast`, a decoder by
  // what it reads. Not after kBroken or kNoMemory.
  virtual Step step(std::span<const std::byte> input, std::span<std::byte> output, bool isLast) = 0;

 protected:
  Coder() = default;
};

// By library. Null where there is no memory.
std::unique_ptr<Coder> makeZlibEncoder(CompressionFormat format,
                                       const std::shared_ptr<BufferBudget>& budget,
                                       std::optional<int> level = {});
std::unique_ptr<Coder> makeZlibDecoder(CompressionFormat format,
                                       const std::shared_ptr<BufferBudget>& budget);
std::unique_ptr<Coder> makeBrotliEncoder(const std::shared_ptr<BufferBudget>& budget,
                                         std::optional<int> level = {});
std::unique_ptr<Coder> makeBrotliDecoder(const std::shared_ptr<BufferBudget>& budget);
std::unique_ptr<Coder> makeZstdEncoder(const std::shared_ptr<BufferBudget>& budget,
                                       std::optional<int> level = {});
// Windows up to 2^windowLog bytes; the default is the library's.
std::unique_ptr<Coder> makeZstdDecoder(const std::shared_ptr<BufferBudget>& budget,
                                       int windowLog = 27);

}  // namespace nano
