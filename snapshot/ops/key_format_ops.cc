// Asymmetric keys as SPKI and PKCS #8 have them, and what kind of key there is.

#include <openssl/core_names.h>

#include <array>
#include <string_view>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/crypto/key_der.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

v8::MaybeLocal<v8::Value> keyFromSpki(OpCall& call, Host& host, std::span<const std::byte> der) {
  auto key = keyFromSpkiDer(der);
  if (key == nullptr) return cryptoFailed(call);
  return newKey(call, host, std::move(key));
}

v8::MaybeLocal<v8::Value> keyFromPkcs8(OpCall& call, Host& host, std::span<const std::byte> der) {
  auto key = keyFromPkcs8Der(der);
  if (key == nullptr) return cryptoFailed(call);
  return newKey(call, host, std::move(key));
}

// EC keys are encoded as they came; the standard wants points in full.
void useWholePoints(const EvpKey& key) {
  if (EVP_PKEY_is_a(key.get(), "EC") == 1) {
    EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                   OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
  }
}

v8::MaybeLocal<v8::Value> keyToSpki(OpCall& call, EvpKey& key) {
  useWholePoints(key);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size < 0) return cryptoFailed(call);
  const std::unique_ptr<unsigned char, OpenSslRelease<[](void* p) { OPENSSL_free(p); }>> owned(der);
  return newArrayBuffer(call, std::as_bytes(std::span(der, static_cast<size_t>(size))));
}

v8::MaybeLocal<v8::Value> keyToPkcs8(OpCall& call, EvpKey& key) {
  useWholePoints(key);
  const auto der = pkcs8DerOf(key);
  if (!der) return cryptoFailed(call);
  return newArrayBuffer(call, der->view());
}

// The name of OpenSSL's key type, or the curve's as WebCrypto has it; "" for another curve.
std::string_view kindOf(const EvpKey& key) {
  if (EVP_PKEY_is_a(key.get(), "EC") != 1) {
    const char* type = EVP_PKEY_get0_type_name(key.get());
    return type == nullptr ? "" : type;
  }
  char group[32];
  size_t size = 0;
  if (EVP_PKEY_get_group_name(key.get(), group, sizeof group, &size) != 1) return "";
  const std::string_view name(group, size);
  if (name == "prime256v1") return "P-256";
  if (name == "secp384r1") return "P-384";
  if (name == "secp521r1") return "P-521";
  return "";
}

v8::MaybeLocal<v8::Value> keyKind(OpCall& call, EvpKey& key) {
  const auto kind = kindOf(key);
  v8::Local<v8::String> text;
  if (!v8::String::NewFromUtf8(call.isolate(), kind.data(), v8::NewStringType::kNormal,
                               static_cast<int>(kind.size()))
           .ToLocal(&text)) {
    return {};
  }
  return text;
}

// Whether the halves fit together, and the public one is what it should be. Not for RSA keys, for
// which it takes as long as making one.
bool keyIsConsistent(OpCall& call, EvpKey& key, bool isPrivate) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  const int good =
      isPrivate ? EVP_PKEY_pairwise_check(context.get()) : EVP_PKEY_public_check(context.get());
  if (good != 1) cryptoFailed(call);
  return good == 1;
}

constexpr Op kOps[] = {
    {"keyFromSpki", bindOp<keyFromSpki>}, {"keyFromPkcs8", bindOp<keyFromPkcs8>},
    {"keyToSpki", bindOp<keyToSpki>},     {"keyToPkcs8", bindOp<keyToPkcs8>},
    {"keyKind", bindOp<keyKind>},         {"keyIsConsistent", bindOp<keyIsConsistent>},
};

}  // namespace

const std::span<const Op> kKeyFormatOps = kOps;

}  // namespace nano
