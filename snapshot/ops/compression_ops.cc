// What CompressionStream and DecompressionStream are made of: a coder behind a handle, of which
// each step takes and gives at most 64 KiB, so that JavaScript can be stopped in between.

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <kj/debug.h>

#include "snapshot/compression/coder.h"
#include "snapshot/crypto/crypto_call.h"
#include "snapshot/ops/ops.h"

namespace nano {

// One that goes on.
template <>
class OpArgument<Coder&> : public op::FromJavaScript {
 public:
  static constexpr char kExpected[] = "a compression that is not over";
  bool read(v8::Isolate*, v8::Local<v8::Value> value) {
    auto* material = KeyStore::find(value);
    auto* coder = material == nullptr ? nullptr : std::get_if<std::unique_ptr<Coder>>(material);
    coder_ = coder == nullptr ? nullptr : coder->get();
    return coder_ != nullptr;
  }
  Coder& get() const { return *coder_; }

 private:
  Coder* coder_ = nullptr;
};

namespace {

constexpr size_t kStepBytes = size_t{64} << 10;

v8::MaybeLocal<v8::Value> throwNoMemory(OpCall& call) {
  call.isolate()->ThrowException(v8::Exception::RangeError(
      v8::String::NewFromUtf8Literal(call.isolate(), "There is no memory for a compression")));
  return {};
}

v8::MaybeLocal<v8::Value> startCoder(OpCall& call, Host& host, uint32_t format, bool compresses,
                                     std::optional<int> level) {
  KJ_REQUIRE(format < kCompressionFormats && host.keys() != nullptr);
  auto budget = host.keys()->budget();
  if (budget == nullptr) {
    budget = std::make_shared<BufferBudget>(std::numeric_limits<size_t>::max());
  }
  const auto kind = static_cast<CompressionFormat>(format);
  auto coder =
      compresses ? Coder::makeEncoder(kind, budget, level) : Coder::makeDecoder(kind, budget);
  if (coder == nullptr) return throwNoMemory(call);
  return newKey(call, host, std::move(coder));
}

v8::MaybeLocal<v8::Value> coderStart(OpCall& call, Host& host, uint32_t format, bool compresses) {
  return startCoder(call, host, format, compresses, {});
}

// For node:zlib: one that compresses, as well as it is told.
v8::MaybeLocal<v8::Value> coderStartAt(OpCall& call, Host& host, uint32_t format, int32_t level) {
  return startCoder(call, host, format, true, level);
}

void coderSetFlushing(OpCall&, Coder& coder, bool flushes) { coder.setFlushing(flushes); }

// Takes `bytes` from progress[0] on, which it moves; progress[1] is the Coder::State and
// progress[2] whether there may be more without more bytes. Gives a Uint8Array, undefined for
// nothing.
v8::MaybeLocal<v8::Value> coderStep(OpCall& call, Coder& coder, std::span<const std::byte> bytes,
                                    bool isLast, std::span<uint32_t> progress) {
  KJ_REQUIRE(progress.size() == 3 && progress[0] <= bytes.size());
  KJ_REQUIRE(bytes.size() <= std::numeric_limits<uint32_t>::max());
  const auto rest = bytes.subspan(progress[0]);
  const auto input = rest.first(std::min(rest.size(), kStepBytes));
  std::array<std::byte, kStepBytes> room;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  auto step = coder.step(input, room, isLast);
  // A library that stands still would be asked for ever.
  if (step.state == Coder::State::kGoesOn && step.read == 0 && step.written == 0 &&
      (isLast || !input.empty())) {
    step.state = Coder::State::kBroken;
  }
  progress[0] += static_cast<uint32_t>(step.read);
  progress[1] = static_cast<uint32_t>(step.state);
  progress[2] = step.written == room.size() ? 1 : 0;
  if (step.state == Coder::State::kNoMemory) return throwNoMemory(call);
  if (step.written == 0 || step.state == Coder::State::kBroken)
    return v8::Undefined(call.isolate());
  const auto made = newBytes(call.isolate(), step.written);
  if (!made.has_value()) return {};
  std::copy_n(room.begin(), step.written, made->bytes.begin());
  return made->array;
}

// Its memory is given back now, not when the handle is collected.
void coderEnd(OpCall&, v8::Local<v8::Value> handle) {
  auto* material = KeyStore::find(handle);
  auto* coder = material == nullptr ? nullptr : std::get_if<std::unique_ptr<Coder>>(material);
  if (coder != nullptr) coder->reset();
}

constexpr Op kOps[] = {
    {"coderStart", bindOp<coderStart>},
    {"coderStartAt", bindOp<coderStartAt>},
    {"coderSetFlushing", bindOp<coderSetFlushing>},
    {"coderStep", bindOp<coderStep>},
    {"coderEnd", bindOp<coderEnd>},
};

}  // namespace

const std::span<const Op> kCompressionOps = kOps;

}  // namespace nano
