// deflate, deflate-raw and gzip, over zlib.

#define ZLIB_CONST  // next_in points to const bytes.
#include <zlib.h>

#include <algorithm>

#include "snapshot/budgeted_memory.h"
#include "snapshot/compression/coder.h"

namespace nano {
namespace {

// zlib counts in 32 bits.
constexpr size_t kMostAtOnce = 1 << 30;

int windowBitsOf(CompressionFormat format) {
  constexpr int kGzipFormat = 16;
  if (format == CompressionFormat::kGzip) return MAX_WBITS + kGzipFormat;
  return format == CompressionFormat::kDeflateRaw ? -MAX_WBITS : MAX_WBITS;
}

class ZlibCoder : public Coder {
 public:
  bool isMade() const { return isMade_; }

 protected:
  explicit ZlibCoder(const std::shared_ptr<BufferBudget>& budget) : memory_(budget) {
    stream_.zalloc = [](void* opaque, uInt items, uInt size) {
      return BudgetedMemory::allocate(opaque, size_t{items} * size);
    };
    stream_.zfree = &BudgetedMemory::release;
    stream_.opaque = &memory_;
  }

  z_stream& stream() { return stream_; }
  void made(int result) { isMade_ = result == Z_OK; }

  template <typename Work>
  Step run(std::span<const std::byte> input, std::span<std::byte> output, Work&& work) {
    const size_t size = std::min(input.size(), kMostAtOnce);
    const size_t room = std::min(output.size(), kMostAtOnce);
    stream_.next_in = reinterpret_cast<const Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(size);
    stream_.next_out = reinterpret_cast<Bytef*>(output.data());
    stream_.avail_out = static_cast<uInt>(room);
    const State state = stateOf(work());
    return {size - stream_.avail_in, room - stream_.avail_out, state};
  }

 private:
  static State stateOf(int result) {
    switch (result) {
      case Z_OK:
      case Z_BUF_ERROR:  // Nothing could be done with what there is.
        return State::kGoesOn;
      case Z_STREAM_END:
        return State::kEnded;
      case Z_MEM_ERROR:
        return State::kNoMemory;
      default:
        return State::kBroken;
    }
  }

  BudgetedMemory memory_;
  z_stream stream_{};
  bool isMade_ = false;
};

class ZlibEncoder final : public ZlibCoder {
 public:
  ZlibEncoder(CompressionFormat format, const std::shared_ptr<BufferBudget>& budget, int level)
      : ZlibCoder(budget) {
    constexpr int kMemoryLevel = 8;  // zlib's default.
    made(deflateInit2(&stream(), level, Z_DEFLATED, windowBitsOf(format), kMemoryLevel,
                      Z_DEFAULT_STRATEGY));
  }
  ~ZlibEncoder() override {
    if (isMade()) deflateEnd(&stream());
  }

  void setFlushing(bool flushes) override { flushes_ = flushes; }

  Step step(std::span<const std::byte> input, std::span<std::byte> output, bool isLast) override {
    const int unlessLast = flushes_ ? Z_SYNC_FLUSH : Z_NO_FLUSH;
    return run(input, output, [this, isLast, unlessLast]() {
      return deflate(&stream(), isLast ? Z_FINISH : unlessLast);
    });
  }

 private:
  bool flushes_ = false;
};

class ZlibDecoder final : public ZlibCoder {
 public:
  ZlibDecoder(CompressionFormat format, const std::shared_ptr<BufferBudget>& budget)
      : ZlibCoder(budget) {
    made(inflateInit2(&stream(), windowBitsOf(format)));
  }
  ~ZlibDecoder() override {
    if (isMade()) inflateEnd(&stream());
  }

  Step step(std::span<const std::byte> input, std::span<std::byte> output, bool) override {
    return run(input, output, [this]() { return inflate(&stream(), Z_NO_FLUSH); });
  }
};

template <typename MadeCoder>
std::unique_ptr<Coder> ifMade(std::unique_ptr<MadeCoder> coder) {
  if (!coder->isMade()) return nullptr;
  return coder;
}

}  // namespace

std::unique_ptr<Coder> makeZlibEncoder(CompressionFormat format,
                                       const std::shared_ptr<BufferBudget>& budget,
                                       std::optional<int> level) {
  const int wanted =
      std::clamp(level.value_or(Z_DEFAULT_COMPRESSION), Z_DEFAULT_COMPRESSION, Z_BEST_COMPRESSION);
  return ifMade(std::make_unique<ZlibEncoder>(format, budget, wanted));
}

std::unique_ptr<Coder> makeZlibDecoder(CompressionFormat format,
                                       const std::shared_ptr<BufferBudget>& budget) {
  return ifMade(std::make_unique<ZlibDecoder>(format, budget));
}

}  // namespace nano
