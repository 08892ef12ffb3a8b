// Randomness, from the kernel.

#include <sys/random.h>

#include <array>

#include <kj/debug.h>

#include "snapshot/ops/ops.h"

namespace nano {
namespace {

void fillFromKernel(std::span<std::byte> out) {
  size_t filled = 0;
  while (filled < out.size()) {
    ssize_t got = 0;
    KJ_SYSCALL(got = getrandom(out.data() + filled, out.size() - filled, 0));
    filled += static_cast<size_t>(got);
  }
}

// crypto.js has checked type and size, where the right DOMException is. Takes a host only so that
// no random number is frozen into a snapshot.
void fillRandom(OpCall&, Host&, std::span<std::byte> out) { fillFromKernel(out); }

// RFC 9562, section 5.4: 122 random bits, version 4, variant 10.
v8::MaybeLocal<v8::String> randomUuid(OpCall& call, Host&) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<std::byte, 16> bytes;
  fillFromKernel(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::array<uint8_t, 36> text;
  size_t at = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = kDigits[std::to_integer<int>(bytes[i] >> 4)];
    text[at++] = kDigits[std::to_integer<int>(bytes[i] & std::byte{0x0f})];
  }
  return v8::String::NewFromOneByte(call.isolate(), text.data(), v8::NewStringType::kNormal,
                                    text.size());
}

constexpr Op kOps[] = {
    {"fillRandom", bindOp<fillRandom>},
    {"randomUUID", bindOp<randomUuid>},
};

}  // namespace

const std::span<const Op> kCryptoOps = kOps;

}  // namespace nano
