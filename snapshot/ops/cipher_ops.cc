// AES: CBC, CTR and key wrap. What authenticates too is aead_ops.cc's.

#include <algorithm>
#include <array>
#include <utility>

#include "snapshot/crypto/cipher_run.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

constexpr size_t kBlock = 16;
using Block = std::array<std::byte, kBlock>;
constexpr AesFamily kCbc = {EVP_aes_128_cbc, EVP_aes_192_cbc, EVP_aes_256_cbc};
constexpr AesFamily kCtr = {EVP_aes_128_ctr, EVP_aes_192_ctr, EVP_aes_256_ctr};
constexpr AesFamily kWrap = {EVP_aes_128_wrap, EVP_aes_192_wrap, EVP_aes_256_wrap};

v8::MaybeLocal<v8::Value> cbcEncrypt(OpCall& call, Host& host, const SecretBytes& key,
                                     std::span<const std::byte> iv,
                                     std::span<const std::byte> data) {
  const size_t whole = data.size() / kBlock * kBlock;
  const auto out = newBytes(call.isolate(), whole + kBlock);
  if (!out) return {};
  CipherRun run(host);
  if (iv.size() != kBlock || !run.begin(aesCipher(kCbc, key), key, iv, CipherDirection::kEncrypt) ||
      !run.update(data, out->bytes.data()) || !run.end(out->bytes.data() + whole)) {
    return cryptoFailed(call);
  }
  return out->array->Buffer();
}

// The last block first: it says how long the result is.
v8::MaybeLocal<v8::Value> cbcDecrypt(OpCall& call, Host& host, const SecretBytes& key,
                                     std::span<const std::byte> iv,
                                     std::span<const std::byte> data) {
  if (data.empty() || data.size() % kBlock != 0 || iv.size() != kBlock) return cryptoFailed(call);
  const auto* cipher = aesCipher(kCbc, key);
  const size_t whole = data.size() - kBlock;
  std::array<std::byte, 2 * kBlock> last{};
  CipherRun tail(host);
  const auto before = whole == 0 ? iv : data.subspan(whole - kBlock, kBlock);
  if (!tail.begin(cipher, key, before, CipherDirection::kDecrypt) ||
      !tail.update(data.subspan(whole), last.data())) {
    return cryptoFailed(call);
  }
  const auto left = tail.end(last.data());
  if (!left) return cryptoFailed(call);

  const auto out = newBytes(call.isolate(), whole + *left);
  if (!out) return {};
  std::copy_n(last.begin(), *left, out->bytes.begin() + static_cast<ptrdiff_t>(whole));
  CipherRun run(host);
  if (!run.begin(cipher, key, iv, CipherDirection::kDecrypt)) return cryptoFailed(call);
  EVP_CIPHER_CTX_set_padding(run.context(), 0);
  if (!run.update(data.first(whole), out->bytes.data())) return cryptoFailed(call);
  return out->array->Buffer();
}

// How many blocks the counter in the last `bits` of `counter` has until it is 0 again: at most
// `enough`, which is all that is asked for.
size_t blocksUntilWrap(const Block& counter, uint32_t bits, size_t enough) {
  // Minus the counter, modulo 2^bits; 0 stands for 2^bits.
  if (bits >= 64) {
    for (size_t i = (128 - bits) / 8; i < 8; ++i) {
      const size_t bitsOfByte = std::min<size_t>(8, bits - (15 - i) * 8);
      const auto mask = static_cast<uint8_t>((1U << bitsOfByte) - 1);
      // Some high bit is 0: more than 2^64 blocks are left.
      if ((std::to_integer<uint8_t>(counter[i]) & mask) != mask) return enough;
    }
  }
  uint64_t low = 0;
  for (size_t i = 8; i < kBlock; ++i)
    low = low << 8 | std::to_integer<uint64_t>(counter[i]);
  const uint64_t mask = bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  const uint64_t left = (~(low & mask) & mask);  // One less than the blocks that are left.
  return left >= enough ? enough : static_cast<size_t>(left) + 1;
}

void clearLowBits(Block& counter, uint32_t bits) {
  for (size_t i = kBlock; i-- > 0 && bits > 0;) {
    const uint32_t here = std::min<uint32_t>(8, bits);
    counter[i] &= std::byte(static_cast<uint8_t>(0xffU << here));
    bits -= here;
  }
}

// `options`: counter block, how many of its bits count. The same in both directions.
v8::MaybeLocal<v8::Value> ctrCrypt(OpCall& call, Host& host, const SecretBytes& key,
                                   const CryptoOptions& options, std::span<const std::byte> data) {
  ReadableBytes given;
  const auto start = options.bytes(0, given);
  const uint32_t bits = options.number(1);
  if (start.size() != kBlock || bits == 0 || bits > 128) return cryptoFailed(call);
  Block counter;
  std::copy(start.begin(), start.end(), counter.begin());
  const size_t blocks = (data.size() + kBlock - 1) / kBlock;
  if (bits < 64 && blocks > uint64_t{1} << bits) return cryptoFailed(call);
  const auto out = newBytes(call.isolate(), data.size());
  if (!out) return {};
  const auto* cipher = aesCipher(kCtr, key);
  const size_t first = std::min(data.size(), blocksUntilWrap(counter, bits, blocks) * kBlock);
  CipherRun run(host);
  if (!run.begin(cipher, key, counter, CipherDirection::kEncrypt) ||
      !run.update(data.first(first), out->bytes.data())) {
    return cryptoFailed(call);
  }
  if (first < data.size()) {
    clearLowBits(counter, bits);
    CipherRun rest(host);
    if (!rest.begin(cipher, key, counter, CipherDirection::kEncrypt) ||
        !rest.update(data.subspan(first), out->bytes.data() + first)) {
      return cryptoFailed(call);
    }
  }
  return out->array->Buffer();
}

// RFC 3394.
v8::MaybeLocal<v8::Value> wrapCrypt(OpCall& call, Host& host, const SecretBytes& key,
                                    uint32_t directionNumber, std::span<const std::byte> data) {
  constexpr size_t kUnit = 8;
  const CipherDirection direction = cipherDirection(directionNumber);
  const bool wraps = direction == CipherDirection::kEncrypt;
  // OpenSSL takes all at once. A wrapped key is small.
  if (data.size() % kUnit != 0 || data.size() < (wraps ? 2 : 3) * kUnit ||
      data.size() > kPieceBytes) {
    return cryptoFailed(call);
  }
  const size_t size = wraps ? data.size() + kUnit : data.size() - kUnit;
  // Unwrapping writes a unit more than it gives.
  SecretBytes out(data.size() + kBlock);
  CipherRun run(host);
  EVP_CIPHER_CTX_set_flags(run.context(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (!run.begin(aesCipher(kWrap, key), key, {}, direction) ||
      !run.update(data, out.view().data())) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, std::as_const(out).view().first(size));
}

constexpr Op kOps[] = {
    {"cbcEncrypt", bindOp<cbcEncrypt>},
    {"cbcDecrypt", bindOp<cbcDecrypt>},
    {"ctrCrypt", bindOp<ctrCrypt>},
    {"wrapCrypt", bindOp<wrapCrypt>},
};

}  // namespace

const std::span<const Op> kCipherOps = kOps;

}  // namespace nano
