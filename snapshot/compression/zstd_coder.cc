#include <algorithm>

#include "snapshot/budgeted_memory.h"
#include "snapshot/compression/coder.h"
#include "snapshot/zstd.h"

namespace nano {
namespace {

Coder::State failureOf(size_t code) {
  return ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation ? Coder::State::kNoMemory
                                                                 : Coder::State::kBroken;
}

class ZstdEncoder final : public Coder {
 public:
  ZstdEncoder(const std::shared_ptr<BufferBudget>& budget, int level)
      : memory_(budget),
        context_(ZSTD_createCCtx_advanced(
            {&BudgetedMemory::allocate, &BudgetedMemory::release, &memory_})) {
    if (context_ != nullptr) ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
  }
  ~ZstdEncoder() override { ZSTD_freeCCtx(context_); }
  bool isMade() const { return context_ != nullptr; }
  void setFlushing(bool flushes) override {
    unlessLast_ = flushes ? ZSTD_e_flush : ZSTD_e_continue;
  }

  Step step(std::span<const std::byte> input, std::span<std::byte> output, bool isLast) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    while (true) {
      const size_t inBefore = in.pos;
      const size_t outBefore = out.pos;
      const size_t left =
          ZSTD_compressStream2(context_, &out, &in, isLast ? ZSTD_e_end : unlessLast_);
      if (ZSTD_isError(left) != 0) return {in.pos, out.pos, failureOf(left)};
      if (isLast && left == 0) return {in.pos, out.pos, State::kEnded};
      const bool stands = in.pos == inBefore && out.pos == outBefore;
      if (stands || out.pos == out.size) return {in.pos, out.pos, State::kGoesOn};
    }
  }

 private:
  BudgetedMemory memory_;
  ZSTD_CCtx* context_;
  ZSTD_EndDirective unlessLast_ = ZSTD_e_continue;
};

// Of several frames, one after the other, as the format has it (RFC 8878 3).
class ZstdDecoder final : public Coder {
 public:
  ZstdDecoder(const std::shared_ptr<BufferBudget>& budget, int windowLog)
      : memory_(budget),
        context_(ZSTD_createDCtx_advanced(
            {&BudgetedMemory::allocate, &BudgetedMemory::release, &memory_})) {
    if (context_ != nullptr) ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, windowLog);
  }
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }
  bool isMade() const { return context_ != nullptr; }

  Step step(std::span<const std::byte> input, std::span<std::byte> output, bool) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    while (in.pos < in.size || (!ended_ && out.pos < out.size)) {
      const size_t inBefore = in.pos;
      const size_t outBefore = out.pos;
      const size_t result = ZSTD_decompressStream(context_, &out, &in);
      if (ZSTD_isError(result) != 0) return {in.pos, out.pos, failureOf(result)};
      ended_ = result == 0;
      if (in.pos == inBefore && out.pos == outBefore) break;
    }
    return {in.pos, out.pos, ended_ ? State::kEnded : State::kGoesOn};
  }

 private:
  BudgetedMemory memory_;
  ZSTD_DCtx* context_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Coder> makeZstdEncoder(const std::shared_ptr<BufferBudget>& budget,
                                       std::optional<int> level) {
  // 0 is the library's own. Past the last a step takes long.
  constexpr int kBestLevel = 12;
  const int wanted = std::clamp(level.value_or(0), -7, kBestLevel);
  auto coder = std::make_unique<ZstdEncoder>(budget, wanted);
  if (!coder->isMade()) return nullptr;
  return coder;
}

std::unique_ptr<Coder> makeZstdDecoder(const std::shared_ptr<BufferBudget>& budget, int windowLog) {
  auto coder = std::make_unique<ZstdDecoder>(budget, windowLog);
  if (!coder->isMade()) return nullptr;
  return coder;
}

}  // namespace nano
