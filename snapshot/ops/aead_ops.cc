// Ciphers that authenticate: AES-GCM, AES-OCB, ChaCha20-Poly1305.

#include <algorithm>
#include <array>

#include "snapshot/crypto/cipher_run.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

constexpr size_t kMaxTag = 16;

// By the numbers of snapshot/js/crypto/aead.js.
enum class Aead : uint8_t { kGcm = 0, kOcb = 1, kChaCha = 2 };

const EVP_CIPHER* cipherOf(Aead aead, const SecretBytes& key) {
  constexpr AesFamily kGcm = {EVP_aes_128_gcm, EVP_aes_192_gcm, EVP_aes_256_gcm};
  constexpr AesFamily kOcb = {EVP_aes_128_ocb, EVP_aes_192_ocb, EVP_aes_256_ocb};
  constexpr size_t kChaChaKey = 32;
  switch (aead) {
    case Aead::kGcm:
      return aesCipher(kGcm, key);
    case Aead::kOcb:
      return aesCipher(kOcb, key);
    case Aead::kChaCha:
      KJ_REQUIRE(key.size() == kChaChaKey);
      return EVP_chacha20_poly1305();
  }
  KJ_FAIL_REQUIRE("no such cipher");
}

// One message: what is the same in both directions.
struct Message {
  Aead aead;
  CipherDirection direction;
  std::span<const std::byte> iv;
  std::span<const std::byte> more;  // Authenticated only.
  std::span<const std::byte> text;
  size_t tagSize;
};

bool fits(const Message& message) {
  if (message.iv.empty() || message.tagSize > kMaxTag) return false;
  // OpenSSL writes over its own memory for a longer one.
  constexpr size_t kMaxOcbIv = 15;
  constexpr size_t kChaChaIv = 12;
  if (message.aead == Aead::kOcb) return message.iv.size() <= kMaxOcbIv && message.tagSize > 0;
  if (message.aead == Aead::kChaCha) return message.iv.size() == kChaChaIv;
  return true;
}

// Key, iv and the tag's length, then all of the message; `tag` is what it has to be, or null.
bool crypt(CipherRun& run, const Message& message, const SecretBytes& key, std::byte* tag,
           std::byte* out) {
  auto* context = run.context();
  const auto tagSize = static_cast<int>(message.tagSize);
  if (EVP_CipherInit_ex2(context, cipherOf(message.aead, key), nullptr, nullptr,
                         static_cast<int>(message.direction), nullptr) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(message.iv.size()),
                          nullptr) != 1) {
    return false;
  }
  // OCB's result depends on how long the tag will be.
  if (message.aead == Aead::kOcb &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tagSize, nullptr) != 1) {
    return false;
  }
  if (!run.begin(nullptr, key, message.iv, message.direction)) return false;
  if (tag != nullptr && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tagSize, tag) != 1) {
    return false;
  }
  if (!message.more.empty() && !run.update(message.more, nullptr)) return false;
  if (!message.text.empty() && !run.update(message.text, out)) return false;
  // What was decrypted is nobody's before this holds.
  std::byte rest[kMaxTag];
  const auto left = run.end(rest);
  if (!left || run.written() + *left != message.text.size()) return false;
  std::copy_n(rest, *left, out + run.written());
  return true;
}

// `options`: cipher, direction, iv, additional data, bytes of the tag, which is the end of the
// ciphertext.
v8::MaybeLocal<v8::Value> aeadCrypt(OpCall& call, Host& host, const SecretBytes& key,
                                    const CryptoOptions& options, std::span<const std::byte> data) {
  ReadableBytes ivBytes;
  ReadableBytes moreBytes;
  const auto aead = options.number(0);
  KJ_REQUIRE(aead <= static_cast<uint32_t>(Aead::kChaCha));
  Message message{static_cast<Aead>(aead),
                  cipherDirection(options.number(1)),
                  options.bytes(2, ivBytes),
                  options.bytes(3, moreBytes),
                  data,
                  options.number(4)};
  const bool encrypts = message.direction == CipherDirection::kEncrypt;
  if (!fits(message) || (!encrypts && data.size() < message.tagSize)) return cryptoFailed(call);
  std::array<std::byte, kMaxTag> tag{};
  if (!encrypts) {
    message.text = data.first(data.size() - message.tagSize);
    std::copy_n(data.end() - static_cast<ptrdiff_t>(message.tagSize), message.tagSize, tag.begin());
  }
  const auto out = newBytes(call.isolate(), message.text.size() + (encrypts ? message.tagSize : 0));
  if (!out) return {};
  CipherRun run(host);
  if (!crypt(run, message, key, encrypts ? nullptr : tag.data(), out->bytes.data())) {
    return cryptoFailed(call);
  }
  if (encrypts &&
      EVP_CIPHER_CTX_ctrl(run.context(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(message.tagSize),
                          out->bytes.data() + message.text.size()) != 1) {
    return cryptoFailed(call);
  }
  return out->array->Buffer();
}

constexpr Op kOps[] = {
    {"aeadCrypt", bindOp<aeadCrypt>},
};

}  // namespace

const std::span<const Op> kAeadOps = kOps;

}  // namespace nano
