// Ciphers of node:crypto, which take their data piece by piece.

#include <array>
#include <string_view>
#include <utility>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/ops/ops.h"

namespace nano {

template <>
class OpArgument<EvpCipherContext&> : public KeyArgument<EvpCipherContext> {};

namespace {

constexpr size_t kMaxBlock = 16;
constexpr size_t kMaxIvBytes = 128;

struct Cipher {
  std::string_view name;
  const EVP_CIPHER* (*make)();
};
// By the names that createCipheriv() takes; library_crypto.js has them too.
constexpr std::array kCiphers = {Cipher{"aes-128-cbc", EVP_aes_128_cbc},
                                 Cipher{"aes-192-cbc", EVP_aes_192_cbc},
                                 Cipher{"aes-256-cbc", EVP_aes_256_cbc},
                                 Cipher{"aes-128-ctr", EVP_aes_128_ctr},
                                 Cipher{"aes-192-ctr", EVP_aes_192_ctr},
                                 Cipher{"aes-256-ctr", EVP_aes_256_ctr},
                                 Cipher{"aes-128-ecb", EVP_aes_128_ecb},
                                 Cipher{"aes-192-ecb", EVP_aes_192_ecb},
                                 Cipher{"aes-256-ecb", EVP_aes_256_ecb},
                                 Cipher{"aes-128-gcm", EVP_aes_128_gcm},
                                 Cipher{"aes-192-gcm", EVP_aes_192_gcm},
                                 Cipher{"aes-256-gcm", EVP_aes_256_gcm},
                                 Cipher{"chacha20-poly1305", EVP_chacha20_poly1305}};

const EVP_CIPHER* cipherNamed(std::string_view name) {
  for (const auto& cipher : kCiphers) {
    if (cipher.name == name) return cipher.make();
  }
  return nullptr;
}

// OpenSSL takes tags and additional data from other ciphers too, and forgets them or worse.
bool isAuthenticated(const EVP_CIPHER* cipher) {
  return (EVP_CIPHER_get_flags(cipher) & EVP_CIPH_FLAG_AEAD_CIPHER) != 0;
}

bool authenticates(const EvpCipherContext& context) {
  return isAuthenticated(EVP_CIPHER_CTX_get0_cipher(context.get()));
}

// [bytes of a key, bytes of an iv, bytes of a block, whether it authenticates]; undefined for none.
v8::Local<v8::Value> cipherFacts(OpCall& call, const Utf8& name) {
  auto* isolate = call.isolate();
  const auto* cipher = cipherNamed(name.view());
  if (cipher == nullptr) return v8::Undefined(isolate);
  v8::Local<v8::Value> facts[] = {
      v8::Integer::New(isolate, EVP_CIPHER_get_key_length(cipher)),
      v8::Integer::New(isolate, EVP_CIPHER_get_iv_length(cipher)),
      v8::Integer::New(isolate, EVP_CIPHER_get_block_size(cipher)),
      v8::Boolean::New(isolate, isAuthenticated(cipher)),
  };
  return v8::Array::New(isolate, facts, std::size(facts));
}

// undefined where key and iv are not as long as the cipher wants them.
// NOLINTNEXTLINE(readability-function-size): its parameters are those of JavaScript.
v8::MaybeLocal<v8::Value> cipherStart(OpCall& call, Host& host, const Utf8& name, bool encrypts,
                                      std::span<const std::byte> key,
                                      std::span<const std::byte> iv) {
  const auto* cipher = cipherNamed(name.view());
  if (cipher == nullptr || key.size() != static_cast<size_t>(EVP_CIPHER_get_key_length(cipher))) {
    return cryptoFailed(call);
  }
  EvpCipherContext context(EVP_CIPHER_CTX_new());
  const int direction = encrypts ? 1 : 0;
  if (EVP_CipherInit_ex2(context.get(), cipher, nullptr, nullptr, direction, nullptr) != 1) {
    return cryptoFailed(call);
  }
  const auto wanted = static_cast<size_t>(EVP_CIPHER_get_iv_length(cipher));
  const bool fits = isAuthenticated(cipher)
                        ? !iv.empty() && iv.size() <= kMaxIvBytes &&
                              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN,
                                                  static_cast<int>(iv.size()), nullptr) == 1
                        : iv.size() == wanted;
  if (!fits || EVP_CipherInit_ex2(context.get(), nullptr, octets(key),
                                  iv.empty() ? nullptr : octets(iv), direction, nullptr) != 1) {
    return cryptoFailed(call);
  }
  return newKey(call, host, std::move(context));
}

// What comes of more data; undefined when it fails.
v8::MaybeLocal<v8::Value> cipherUpdate(OpCall& call, Host& host, EvpCipherContext& context,
                                       std::span<const std::byte> data) {
  const auto out = newBytes(call.isolate(), data.size() + kMaxBlock);
  if (!out) return {};
  size_t size = 0;
  // Nothing is the end of the data to some ciphers.
  const bool good = data.empty() ||
                    inPieces(host, data, [&context, &out, &size](std::span<const std::byte> piece) {
                      int written = 0;
                      auto* to = octets(out->bytes.subspan(size));
                      if (EVP_CipherUpdate(context.get(), to, &written, octets(piece),
                                           static_cast<int>(piece.size())) != 1) {
                        return false;
                      }
                      size += static_cast<size_t>(written);
                      return true;
                    });
  if (!good) return cryptoFailed(call);
  return v8::Uint8Array::New(out->array->Buffer(), 0, size).As<v8::Value>();
}

// Data that is authenticated only. A cipher that does not authenticate would write what it makes of
// it, to nowhere.
bool cipherAdditional(OpCall& call, Host& host, EvpCipherContext& context,
                      std::span<const std::byte> data) {
  if (!authenticates(context)) return false;
  const bool good =
      data.empty() || inPieces(host, data, [&context](std::span<const std::byte> piece) {
        int written = 0;
        return EVP_CipherUpdate(context.get(), nullptr, &written, octets(piece),
                                static_cast<int>(piece.size())) == 1;
      });
  if (!good) cryptoFailed(call);
  return good;
}

void cipherPadding(OpCall&, EvpCipherContext& context, bool pads) {
  EVP_CIPHER_CTX_set_padding(context.get(), pads ? 1 : 0);
}

// What is to be found when all is decrypted.
bool cipherSetTag(OpCall& call, EvpCipherContext& context, std::span<const std::byte> tag) {
  if (!authenticates(context) || tag.empty() || tag.size() > kMaxBlock) return false;
  // OpenSSL takes it as one to write to, and only reads it.
  auto* bytes = const_cast<unsigned char*>(octets(tag));
  const bool good = EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG,
                                        static_cast<int>(tag.size()), bytes) == 1;
  if (!good) cryptoFailed(call);
  return good;
}

// After the end of what is encrypted.
v8::MaybeLocal<v8::Value> cipherTag(OpCall& call, EvpCipherContext& context, uint32_t size) {
  std::array<std::byte, kMaxBlock> tag{};
  if (!authenticates(context) || size == 0 || size > tag.size() ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(size),
                          tag.data()) != 1) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, std::span<const std::byte>(tag).first(size));
}

// What comes at the end; undefined where the data was not whole, or not what its tag says.
v8::MaybeLocal<v8::Value> cipherEnd(OpCall& call, EvpCipherContext& context) {
  std::array<std::byte, 2 * kMaxBlock> out{};
  int written = 0;
  if (EVP_CipherFinal_ex(context.get(), octets(std::span<std::byte>(out)), &written) != 1) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, std::span<const std::byte>(out).first(static_cast<size_t>(written)));
}

constexpr Op kOps[] = {
    {"cipherFacts", bindOp<cipherFacts>},     {"cipherStart", bindOp<cipherStart>},
    {"cipherUpdate", bindOp<cipherUpdate>},   {"cipherAdditional", bindOp<cipherAdditional>},
    {"cipherPadding", bindOp<cipherPadding>}, {"cipherSetTag", bindOp<cipherSetTag>},
    {"cipherTag", bindOp<cipherTag>},         {"cipherEnd", bindOp<cipherEnd>},
};

}  // namespace

const std::span<const Op> kNodeCipherOps = kOps;

}  // namespace nano
