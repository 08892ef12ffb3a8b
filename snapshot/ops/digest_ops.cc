// Digests at once and piece by piece, HMAC, comparisons in constant time.

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <array>
#include <utility>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/crypto/hash.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// As long as the hash in use.
struct HashValue {
  std::array<std::byte, kMaxHashBytes> bytes;
  unsigned size = 0;
  std::span<std::byte> room() { return bytes; }
  std::span<const std::byte> view() const { return std::span(bytes).first(size); }
};

bool update(Host& host, EVP_MD_CTX* context, std::span<const std::byte> data) {
  return inPieces(host, data, [context](std::span<const std::byte> piece) {
    return EVP_DigestUpdate(context, piece.data(), piece.size()) == 1;
  });
}

v8::MaybeLocal<v8::Value> finish(OpCall& call, EVP_MD_CTX* context) {
  HashValue value;
  if (EVP_DigestFinal_ex(context, octets(value.room()), &value.size) != 1) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, value.view());
}

v8::MaybeLocal<v8::Value> digestOf(OpCall& call, Host& host, uint32_t hash,
                                   std::span<const std::byte> data) {
  const EvpDigestContext context(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex(context.get(), hashOf(hash), nullptr) != 1 ||
      !update(host, context.get(), data)) {
    return cryptoFailed(call);
  }
  return finish(call, context.get());
}

v8::MaybeLocal<v8::Value> digestStart(OpCall& call, Host& host, uint32_t hash) {
  EvpDigestContext context(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex(context.get(), hashOf(hash), nullptr) != 1) return cryptoFailed(call);
  return newKey(call, host, std::move(context));
}

bool digestUpdate(OpCall&, Host& host, EvpDigestContext& context, std::span<const std::byte> data) {
  return update(host, context.get(), data);
}

// Once: the context is used up.
v8::MaybeLocal<v8::Value> digestFinish(OpCall& call, EvpDigestContext& context) {
  return finish(call, context.get());
}

bool hmac(Host& host, const SecretBytes& key, uint32_t hash, std::span<const std::byte> data,
          HashValue& out) {
  const EvpMac mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  const EvpMacContext context(EVP_MAC_CTX_new(mac.get()));
  auto* name = const_cast<char*>(EVP_MD_get0_name(hashOf(hash)));
  const std::array params = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                             OSSL_PARAM_construct_end()};
  // OpenSSL takes no key for none: an empty one has to be somewhere.
  constexpr unsigned char kEmpty = 0;
  const auto* secret = key.size() == 0 ? &kEmpty : octets(key.view());
  size_t size = 0;
  const bool made =
      EVP_MAC_init(context.get(), secret, key.size(), params.data()) == 1 &&
      inPieces(host, data,
               [&context](std::span<const std::byte> piece) {
                 return EVP_MAC_update(context.get(), octets(piece), piece.size()) == 1;
               }) &&
      EVP_MAC_final(context.get(), octets(out.room()), &size, out.bytes.size()) == 1;
  out.size = static_cast<unsigned>(size);
  return made;
}

v8::MaybeLocal<v8::Value> hmacSign(OpCall& call, Host& host, const SecretBytes& key, uint32_t hash,
                                   std::span<const std::byte> data) {
  HashValue value;
  if (!hmac(host, key, hash, data, value)) return cryptoFailed(call);
  return newArrayBuffer(call, value.view());
}

bool equal(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// undefined when it could not be found out. `options`: hash, signature.
v8::MaybeLocal<v8::Value> hmacVerify(OpCall& call, Host& host, const SecretBytes& key,
                                     const CryptoOptions& options,
                                     std::span<const std::byte> data) {
  HashValue value;
  ReadableBytes signature;
  if (!hmac(host, key, options.number(0), data, value)) return cryptoFailed(call);
  return v8::Boolean::New(call.isolate(), equal(value.view(), options.bytes(1, signature)));
}

bool equalInConstantTime(OpCall&, std::span<const std::byte> a, std::span<const std::byte> b) {
  return equal(a, b);
}

constexpr Op kOps[] = {
    {"digestOf", bindOp<digestOf>},
    {"digestStart", bindOp<digestStart>},
    {"digestUpdate", bindOp<digestUpdate>},
    {"digestFinish", bindOp<digestFinish>},
    {"hmacSign", bindOp<hmacSign>},
    {"hmacVerify", bindOp<hmacVerify>},
    {"equalInConstantTime", bindOp<equalInConstantTime>},
};

}  // namespace

const std::span<const Op> kDigestOps = kOps;

}  // namespace nano
