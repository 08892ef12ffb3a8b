#include "snapshot/content_decoder.h"

#define ZLIB_CONST  // next_in points to const bytes.
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <climits>
#include <string>
#include <utility>

#include "snapshot/budgeted_memory.h"
#include "snapshot/compression/coder.h"

namespace nano {
namespace {

// security 3.1. Whoever reads gets a piece at a time, asked for, on the app's memory and CPU time:
// no step costs more for being dense. So all that a few bytes may become has a bound, and what goes
// on past it may be a thousand times what came over the network, which no text reaches.
constexpr uint64_t kFreeBytes = 64 << 20;
constexpr uint64_t kMostRatio = 1000;

// RFC 9659: a window of 8 MB is all that HTTP may use.
constexpr int kHttpWindowLog = 23;

using State = ContentDecoder::State;

// One call of a library takes at most so much: zlib counts in 32 bits.
constexpr size_t kMostAtOnce = 1 << 30;

template <typename T>
std::span<T> capped(std::span<T> bytes) {
  return bytes.first(std::min(bytes.size(), kMostAtOnce));
}

// gzip and deflate.
class ZlibDecoder final : public ContentDecoder {
 public:
  ZlibDecoder(ContentCoding coding, const std::shared_ptr<BufferBudget>& budget)
      : memory_(budget),
        isGzip_(coding == ContentCoding::kGzip) {
    stream_.zalloc = [](void* opaque, uInt items, uInt size) {
      return BudgetedMemory::allocate(opaque, size_t{items} * size);
    };
    stream_.zfree = &BudgetedMemory::release;
    stream_.opaque = &memory_;
  }
  ~ZlibDecoder() override {
    if (isOpen_) inflateEnd(&stream_);
  }

 protected:
  bool isAtEnd() const override { return ended_; }

  Step step(std::span<const std::byte> input, std::span<std::byte> output) override {
    if (!isOpen_) {
      if (input.empty()) return {};
      if (!open(input.front())) return {0, 0, State::kNoMemory};
    }
    input = capped(input);
    output = capped(output);
    stream_.next_in = reinterpret_cast<const Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output.data());
    stream_.avail_out = static_cast<uInt>(output.size());
    const State state = inflateAll();
    return {input.size() - stream_.avail_in, output.size() - stream_.avail_out, state};
  }

 private:
  // `deflate` is the zlib format, but there have always been servers that send the data bare.
  bool open(std::byte first) {
    constexpr int kGzipFormat = 16;
    const bool isBare = !isGzip_ && (std::to_integer<int>(first) & 0x0f) != Z_DEFLATED;
    const int bits = isBare ? -MAX_WBITS : MAX_WBITS;
    isOpen_ = inflateInit2(&stream_, isGzip_ ? bits + kGzipFormat : bits) == Z_OK;
    return isOpen_;
  }

  State inflateAll() {
    while (stream_.avail_in > 0 || stream_.avail_out > 0) {
      if (ended_ && !startNextMember()) return State::kFine;
      switch (inflate(&stream_, Z_NO_FLUSH)) {
        case Z_OK:
          if (stream_.avail_in == 0 || stream_.avail_out == 0) return State::kFine;
          break;
        case Z_STREAM_END:
          ended_ = true;
          break;
        case Z_BUF_ERROR:  // Nothing could be done with what there is.
          return State::kFine;
        case Z_MEM_ERROR:
          return State::kNoMemory;
        default:
          return State::kBroken;
      }
    }
    return State::kFine;
  }

  // A gzip file is one member or several (RFC 1952 2.2). False where none follows, or not yet.
  bool startNextMember() {
    constexpr Bytef kFirstOfMagic = 0x1f;
    if (stream_.avail_in == 0) return false;
    if (!isGzip_ || isOver_ || *stream_.next_in != kFirstOfMagic) {
      isOver_ = true;
      stream_.avail_in = 0;
      return false;
    }
    ended_ = false;
    return inflateReset(&stream_) == Z_OK;
  }

  BudgetedMemory memory_;
  const bool isGzip_;
  z_stream stream_{};
  bool isOpen_ = false;
  bool ended_ = false;
  // What follows the end is no member.
  bool isOver_ = false;
};

// br and zstd.
class CoderDecoder final : public ContentDecoder {
 public:
  // Whether another piece of coded data may follow the end of one: zstd's frames.
  enum class Rest : uint8_t { kIsDropped, kIsDecoded };
  CoderDecoder(std::unique_ptr<Coder> coder, Rest rest) : coder_(std::move(coder)), rest_(rest) {}

 protected:
  bool isAtEnd() const override { return ended_; }

  Step step(std::span<const std::byte> input, std::span<std::byte> output) override {
    const Coder::Step did = coder_->step(input, output, false);
    ended_ = did.state == Coder::State::kEnded;
    const bool drops = ended_ && rest_ == Rest::kIsDropped;
    return {drops ? input.size() : did.read, did.written, stateOf(did.state)};
  }

 private:
  static State stateOf(Coder::State state) {
    if (state == Coder::State::kBroken) return State::kBroken;
    return state == Coder::State::kNoMemory ? State::kNoMemory : State::kFine;
  }

  std::unique_ptr<Coder> coder_;
  const Rest rest_;
  bool ended_ = false;
};

std::unique_ptr<ContentDecoder> over(std::unique_ptr<Coder> coder, CoderDecoder::Rest rest) {
  if (coder == nullptr) return nullptr;
  return std::make_unique<CoderDecoder>(std::move(coder), rest);
}

}  // namespace

std::optional<ContentCoding> contentCodingOf(std::string_view contentEncoding) {
  constexpr std::string_view kBlank = " \t";
  const size_t start = contentEncoding.find_first_not_of(kBlank);
  if (start == std::string_view::npos) return std::nullopt;
  const size_t end = contentEncoding.find_last_not_of(kBlank);
  std::string name(contentEncoding.substr(start, end - start + 1));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (name == "gzip" || name == "x-gzip") return ContentCoding::kGzip;
  if (name == "deflate") return ContentCoding::kDeflate;
  if (name == "br") return ContentCoding::kBrotli;
  if (name == "zstd") return ContentCoding::kZstd;
  return std::nullopt;
}

std::unique_ptr<ContentDecoder> ContentDecoder::make(ContentCoding coding,
                                                     const std::shared_ptr<BufferBudget>& budget) {
  switch (coding) {
    case ContentCoding::kGzip:
    case ContentCoding::kDeflate:
      return std::make_unique<ZlibDecoder>(coding, budget);
    case ContentCoding::kBrotli:
      return over(makeBrotliDecoder(budget), CoderDecoder::Rest::kIsDropped);
    case ContentCoding::kZstd:
      return over(makeZstdDecoder(budget, kHttpWindowLog), CoderDecoder::Rest::kIsDecoded);
  }
  return nullptr;
}

ContentDecoder::Step ContentDecoder::decode(std::span<const std::byte> input,
                                            std::span<std::byte> output) {
  Step done = step(input, output);
  totalRead_ += done.read;
  totalWritten_ += done.written;
  if (totalWritten_ > kFreeBytes && totalWritten_ / kMostRatio > totalRead_) {
    done.state = State::kTooDense;
  }
  return done;
}

}  // namespace nano
