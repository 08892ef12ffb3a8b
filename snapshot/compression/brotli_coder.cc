#include <algorithm>

#include "snapshot/brotli.h"
#include "snapshot/budgeted_memory.h"
#include "snapshot/compression/coder.h"

namespace nano {
namespace {

// About as good as gzip's best, and as fast as its default.
constexpr int kQuality = 5;
// Past it a step may take a second, and much more memory than the others.
constexpr int kBestQuality = 9;
constexpr uint32_t kWindowLog = 18;

// The engine's encoder ends the process where it gets no memory. So it gets what a step of 64 KiB
// asks for, some megabytes at most, and is given up after the step.
class EncoderMemory final {
 public:
  explicit EncoderMemory(const std::shared_ptr<BufferBudget>& budget) : counted_(budget) {}

  static void* allocate(void* opaque, size_t size) {
    auto& memory = *static_cast<EncoderMemory*>(opaque);
    void* address = BudgetedMemory::allocate(&memory.counted_, size);
    if (address != nullptr) return address;
    memory.isOverdrawn_ = true;
    return BudgetedMemory::allocateUncounted(size);
  }
  static void release(void* opaque, void* address) {
    BudgetedMemory::release(&static_cast<EncoderMemory*>(opaque)->counted_, address);
  }
  bool isOverdrawn() const { return isOverdrawn_; }

 private:
  BudgetedMemory counted_;
  bool isOverdrawn_ = false;
};

class BrotliEncoder final : public Coder {
 public:
  BrotliEncoder(const std::shared_ptr<BufferBudget>& budget, int quality)
      : memory_(budget),
        state_(BrotliEncoderCreateInstance(&EncoderMemory::allocate, &EncoderMemory::release,
                                           &memory_)) {
    if (state_ == nullptr) return;
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, static_cast<uint32_t>(quality));
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_LGWIN, kWindowLog);
  }
  ~BrotliEncoder() override {
    if (state_ != nullptr) BrotliEncoderDestroyInstance(state_);
  }
  bool isMade() const { return state_ != nullptr && !memory_.isOverdrawn(); }
  void setFlushing(bool flushes) override {
    unlessLast_ = flushes ? BROTLI_OPERATION_FLUSH : BROTLI_OPERATION_PROCESS;
  }

  Step step(std::span<const std::byte> input, std::span<std::byte> output, bool isLast) override {
    size_t inputLeft = input.size();
    const auto* next = reinterpret_cast<const uint8_t*>(input.data());
    size_t outputLeft = output.size();
    auto* out = reinterpret_cast<uint8_t*>(output.data());
    const int went =
        BrotliEncoderCompressStream(state_, isLast ? BROTLI_OPERATION_FINISH : unlessLast_,
                                    &inputLeft, &next, &outputLeft, &out, nullptr);
    Step step{input.size() - inputLeft, output.size() - outputLeft, State::kGoesOn};
    if (BrotliEncoderIsFinished(state_) != 0) step.state = State::kEnded;
    if (went == 0) step.state = State::kBroken;
    if (memory_.isOverdrawn()) step.state = State::kNoMemory;
    return step;
  }

 private:
  EncoderMemory memory_;
  BrotliEncoderState* state_;
  BrotliEncoderOperation unlessLast_ = BROTLI_OPERATION_PROCESS;
};

class BrotliDecoder final : public Coder {
 public:
  explicit BrotliDecoder(const std::shared_ptr<BufferBudget>& budget)
      : memory_(budget),
        state_(BrotliDecoderCreateInstance(&BudgetedMemory::allocate, &BudgetedMemory::release,
                                           &memory_)) {}
  ~BrotliDecoder() override {
    if (state_ != nullptr) BrotliDecoderDestroyInstance(state_);
  }
  bool isMade() const { return state_ != nullptr; }

  Step step(std::span<const std::byte> input, std::span<std::byte> output, bool) override {
    if (ended_) return {0, 0, State::kEnded};
    size_t inputLeft = input.size();
    const auto* next = reinterpret_cast<const uint8_t*>(input.data());
    size_t outputLeft = output.size();
    auto* out = reinterpret_cast<uint8_t*>(output.data());
    const auto result =
        BrotliDecoderDecompressStream(state_, &inputLeft, &next, &outputLeft, &out, nullptr);
    Step step{input.size() - inputLeft, output.size() - outputLeft, State::kGoesOn};
    if (result == BROTLI_DECODER_RESULT_SUCCESS) {
      ended_ = true;
      step.state = State::kEnded;
    } else if (result == BROTLI_DECODER_RESULT_ERROR) {
      const int code = BrotliDecoderGetErrorCode(state_);
      const bool noMemory = code >= kBrotliFirstAllocError && code <= kBrotliLastAllocError;
      step.state = noMemory ? State::kNoMemory : State::kBroken;
    }
    return step;
  }

 private:
  BudgetedMemory memory_;
  BrotliDecoderState* state_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Coder> makeBrotliEncoder(const std::shared_ptr<BufferBudget>& budget,
                                         std::optional<int> level) {
  const int quality = std::clamp(level.value_or(kQuality), 0, kBestQuality);
  auto coder = std::make_unique<BrotliEncoder>(budget, quality);
  if (!coder->isMade()) return nullptr;
  return coder;
}

std::unique_ptr<Coder> makeBrotliDecoder(const std::shared_ptr<BufferBudget>& budget) {
  auto coder = std::make_unique<BrotliDecoder>(budget);
  if (!coder->isMade()) return nullptr;
  return coder;
}

}  // namespace nano
