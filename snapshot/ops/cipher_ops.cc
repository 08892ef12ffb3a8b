// AES: CBC, CTR, GCM and key wrap.

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

constexpr size_t kBlock = 16;
using Block = std::array<std::byte, kBlock>;
using CipherFunction = const EVP_CIPHER* (*)();
// For keys of 128, 192 and 256 bits.
using CipherFamily = std::array<CipherFunction, 3>;
constexpr CipherFamily kCbc = {EVP_aes_128_cbc, EVP_aes_192_cbc, EVP_aes_256_cbc};
constexpr CipherFamily kCtr = {EVP_aes_128_ctr, EVP_aes_192_ctr, EVP_aes_256_ctr};
constexpr CipherFamily kGcm = {EVP_aes_128_gcm, EVP_aes_192_gcm, EVP_aes_256_gcm};
constexpr CipherFamily kWrap = {EVP_aes_128_wrap, EVP_aes_192_wrap, EVP_aes_256_wrap};

const EVP_CIPHER* cipherFor(const CipherFamily& family, const SecretBytes& key) {
  switch (key.size()) {
    case 16:
      return family[0]();
    case 24:
      return family[1]();
    case 32:
      return family[2]();
    default:
      KJ_FAIL_REQUIRE("AES has no such key", key.size());
  }
}

enum class Direction { kDecrypt = 0, kEncrypt = 1 };

Direction directionOf(uint32_t number) {
  return number == 0 ? Direction::kDecrypt : Direction::kEncrypt;
}

// One message on its way through a cipher. Each step is false when it fails.
class Run final {
 public:
  explicit Run(Host& host) : host_(host), context_(EVP_CIPHER_CTX_new()) {}

  bool begin(const EVP_CIPHER* cipher, const SecretBytes& key, std::span<const std::byte> iv,
             Direction direction) {
    return EVP_CipherInit_ex2(context_.get(), cipher, octets(key.view()), octets(iv),
                              static_cast<int>(direction), nullptr) == 1;
  }
  // `out` has room for all of `data`. A null `out` is for data that is only authenticated.
  bool update(std::span<const std::byte> data, std::byte* out) {
    return inPieces(host_, data, [this, &out](std::span<const std::byte> piece) {
      int written = 0;
      if (EVP_CipherUpdate(context_.get(), reinterpret_cast<unsigned char*>(out), &written,
                           octets(piece), static_cast<int>(piece.size())) != 1) {
        return false;
      }
      if (out != nullptr) out += written;
      return true;
    });
  }
  // How much came at the end.
  std::optional<size_t> end(std::byte* out) {
    int written = 0;
    if (EVP_CipherFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out), &written) != 1) {
      return std::nullopt;
    }
    return static_cast<size_t>(written);
  }
  EVP_CIPHER_CTX* context() { return context_.get(); }

 private:
  Host& host_;
  EvpCipherContext context_;
};

v8::MaybeLocal<v8::Value> cbcEncrypt(OpCall& call, Host& host, const SecretBytes& key,
                                     std::span<const std::byte> iv,
                                     std::span<const std::byte> data) {
  const size_t whole = data.size() / kBlock * kBlock;
  const auto out = newBytes(call.isolate(), whole + kBlock);
  if (!out) return {};
  Run run(host);
  if (iv.size() != kBlock || !run.begin(cipherFor(kCbc, key), key, iv, Direction::kEncrypt) ||
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
  const auto* cipher = cipherFor(kCbc, key);
  const size_t whole = data.size() - kBlock;
  std::array<std::byte, 2 * kBlock> last{};
  Run tail(host);
  const auto before = whole == 0 ? iv : data.subspan(whole - kBlock, kBlock);
  if (!tail.begin(cipher, key, before, Direction::kDecrypt) ||
      !tail.update(data.subspan(whole), last.data())) {
    return cryptoFailed(call);
  }
  const auto left = tail.end(last.data());
  if (!left) return cryptoFailed(call);

  const auto out = newBytes(call.isolate(), whole + *left);
  if (!out) return {};
  std::copy_n(last.begin(), *left, out->bytes.begin() + static_cast<ptrdiff_t>(whole));
  Run run(host);
  if (!run.begin(cipher, key, iv, Direction::kDecrypt)) return cryptoFailed(call);
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
  const auto* cipher = cipherFor(kCtr, key);
  const size_t first = std::min(data.size(), blocksUntilWrap(counter, bits, blocks) * kBlock);
  Run run(host);
  if (!run.begin(cipher, key, counter, Direction::kEncrypt) ||
      !run.update(data.first(first), out->bytes.data())) {
    return cryptoFailed(call);
  }
  if (first < data.size()) {
    clearLowBits(counter, bits);
    Run rest(host);
    if (!rest.begin(cipher, key, counter, Direction::kEncrypt) ||
        !rest.update(data.subspan(first), out->bytes.data() + first)) {
      return cryptoFailed(call);
    }
  }
  return out->array->Buffer();
}

// `options`: direction, iv, additional data, bytes of the tag, which is the end of the ciphertext.
v8::MaybeLocal<v8::Value> gcmCrypt(OpCall& call, Host& host, const SecretBytes& key,
                                   const CryptoOptions& options, std::span<const std::byte> data) {
  const Direction direction = directionOf(options.number(0));
  ReadableBytes ivBytes;
  ReadableBytes moreBytes;
  const auto iv = options.bytes(1, ivBytes);
  const auto more = options.bytes(2, moreBytes);
  const size_t tagSize = options.number(3);
  const bool encrypts = direction == Direction::kEncrypt;
  if (iv.empty() || tagSize > kBlock || (!encrypts && data.size() < tagSize)) {
    return cryptoFailed(call);
  }
  const auto text = encrypts ? data : data.first(data.size() - tagSize);
  const auto out = newBytes(call.isolate(), text.size() + (encrypts ? tagSize : 0));
  if (!out) return {};
  Run run(host);
  Block tag{};
  auto* context = run.context();
  if (EVP_CipherInit_ex2(context, cipherFor(kGcm, key), nullptr, nullptr,
                         static_cast<int>(direction), nullptr) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(iv.size()), nullptr) !=
          1 ||
      !run.begin(nullptr, key, iv, direction) || !run.update(more, nullptr) ||
      !run.update(text, out->bytes.data())) {
    return cryptoFailed(call);
  }
  if (!encrypts) {
    std::copy_n(data.end() - static_cast<ptrdiff_t>(tagSize), tagSize, tag.begin());
    if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tagSize),
                            tag.data()) != 1) {
      return cryptoFailed(call);
    }
  }
  // What was decrypted is nobody's before this holds.
  std::byte nothing[kBlock];
  if (!run.end(nothing)) return cryptoFailed(call);
  if (encrypts) {
    if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tagSize),
                            out->bytes.data() + text.size()) != 1) {
      return cryptoFailed(call);
    }
  }
  return out->array->Buffer();
}

// RFC 3394.
v8::MaybeLocal<v8::Value> wrapCrypt(OpCall& call, Host& host, const SecretBytes& key,
                                    uint32_t directionNumber, std::span<const std::byte> data) {
  constexpr size_t kUnit = 8;
  const Direction direction = directionOf(directionNumber);
  const bool wraps = direction == Direction::kEncrypt;
  // OpenSSL takes all at once. A wrapped key is small.
  if (data.size() % kUnit != 0 || data.size() < (wraps ? 2 : 3) * kUnit ||
      data.size() > kPieceBytes) {
    return cryptoFailed(call);
  }
  const size_t size = wraps ? data.size() + kUnit : data.size() - kUnit;
  // Unwrapping writes a unit more than it gives.
  SecretBytes out(data.size() + kBlock);
  Run run(host);
  EVP_CIPHER_CTX_set_flags(run.context(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (!run.begin(cipherFor(kWrap, key), key, {}, direction) ||
      !run.update(data, out.view().data())) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, std::as_const(out).view().first(size));
}

constexpr Op kOps[] = {
    {"cbcEncrypt", bindOp<cbcEncrypt>}, {"cbcDecrypt", bindOp<cbcDecrypt>},
    {"ctrCrypt", bindOp<ctrCrypt>},     {"gcmCrypt", bindOp<gcmCrypt>},
    {"wrapCrypt", bindOp<wrapCrypt>},
};

}  // namespace

const std::span<const Op> kCipherOps = kOps;

}  // namespace nano
