// Elliptic curves: NIST's with ECDSA and ECDH, and Edwards' and Montgomery's.

#include <openssl/core_names.h>

#include <array>
#include <optional>
#include <string_view>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/crypto/hash.h"
#include "snapshot/crypto/key_numbers.h"
#include "snapshot/crypto/message_signature.h"
#include "snapshot/crypto/small_order.h"
#include "snapshot/crypto/whole_signature.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

struct Curve {
  const char* name;  // As keyKind() and OpenSSL have it.
  size_t fieldBytes;
};
// By the numbers of snapshot/js/crypto/curves.js.
constexpr std::array kCurves = {Curve{"P-256", 32},   Curve{"P-384", 48},  Curve{"P-521", 66},
                                Curve{"ED25519", 32}, Curve{"X25519", 32}, Curve{"ED448", 57},
                                Curve{"X448", 56}};
constexpr uint32_t kNistCurves = 3;

const Curve& curveOf(uint32_t number) {
  KJ_REQUIRE(number < kCurves.size());
  return kCurves[number];
}
const Curve& nistCurveOf(uint32_t number) {
  KJ_REQUIRE(number < kNistCurves);
  return kCurves[number];
}

v8::MaybeLocal<v8::Value> curveGenerate(OpCall& call, Host& host, uint32_t number) {
  const auto& curve = curveOf(number);
  EvpKey key(number < kNistCurves ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.name)
                                  : EVP_PKEY_Q_keygen(nullptr, nullptr, curve.name));
  if (key == nullptr) return cryptoFailed(call);
  return newKey(call, host, std::move(key));
}

// `options`: curve, encoded point, and the private number or nothing. The point is on the curve, or
// the result undefined.
v8::MaybeLocal<v8::Value> ecFromPoint(OpCall& call, Host& host, const CryptoOptions& options) {
  const auto& curve = nistCurveOf(options.number(0));
  ReadableBytes pointBytes;
  ReadableBytes numberBytes;
  const auto point = options.bytes(1, pointBytes);
  const auto number = options.bytes(2, numberBytes);
  if (point.size() > 2 * curve.fieldBytes + 1 || number.size() > curve.fieldBytes) {
    return cryptoFailed(call);
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  BigNumber secret;
  bool good = OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.name,
                                              0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                               point.size()) == 1;
  if (!number.empty()) {
    secret = numberFrom(number);
    good =
        good && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get()) == 1;
  }
  if (!good) return cryptoFailed(call);
  auto key = keyFromParams("EC", number.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, builder);
  if (key == nullptr) return cryptoFailed(call);
  return newKey(call, host, std::move(key));
}

// 4, x, y.
v8::MaybeLocal<v8::Value> ecPoint(OpCall& call, EvpKey& key, uint32_t number) {
  const size_t size = nistCurveOf(number).fieldBytes;
  const auto x = numberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, size);
  const auto y = numberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, size);
  if (!x || !y) return cryptoFailed(call);
  std::vector<std::byte> point = {std::byte{4}};
  point.insert(point.end(), x->view().begin(), x->view().end());
  point.insert(point.end(), y->view().begin(), y->view().end());
  return newArrayBuffer(call, point);
}

v8::MaybeLocal<v8::Value> ecSecret(OpCall& call, EvpKey& key, uint32_t number) {
  const auto secret = numberOf(key, OSSL_PKEY_PARAM_PRIV_KEY, nistCurveOf(number).fieldBytes);
  if (!secret) return cryptoFailed(call);
  return newArrayBuffer(call, secret->view());
}

bool prepareNothing(EVP_PKEY_CTX*, uint32_t) { return true; }

size_t fieldBytes(const EvpKey& key) {
  return (static_cast<size_t>(EVP_PKEY_get_bits(key.get())) + 7) / 8;
}

// r and s, each as long as the curve's order: what WebCrypto has for OpenSSL's DER.
v8::MaybeLocal<v8::Value> ecdsaSign(OpCall& call, Host& host, EvpKey& key, uint32_t hash,
                                    std::span<const std::byte> data) {
  const auto der = signMessage(host, key, {hashOf(hash), prepareNothing, 0}, data);
  if (!der) return cryptoFailed(call);
  const unsigned char* at = octets(der->view());
  const EcSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der->size())));
  const size_t size = fieldBytes(key);
  std::vector<std::byte> out(2 * size);
  unsigned char* to = octets(std::span(out));
  if (signature == nullptr ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), to, static_cast<int>(size)) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), to + size, static_cast<int>(size)) < 0) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, out);
}

// Empty when there is no such signature.
std::vector<std::byte> derOf(std::span<const std::byte> signature, size_t size) {
  if (signature.size() != 2 * size) return {};
  const EcSignature parts(ECDSA_SIG_new());
  if (ECDSA_SIG_set0(parts.get(), numberFrom(signature.first(size)).release(),
                     numberFrom(signature.subspan(size)).release()) != 1) {
    return {};
  }
  std::vector<std::byte> der(static_cast<size_t>(i2d_ECDSA_SIG(parts.get(), nullptr)));
  unsigned char* at = octets(std::span(der));
  i2d_ECDSA_SIG(parts.get(), &at);
  return der;
}

// `options`: hash, signature. undefined when it could not be found out.
v8::MaybeLocal<v8::Value> ecdsaVerify(OpCall& call, Host& host, EvpKey& key,
                                      const CryptoOptions& options,
                                      std::span<const std::byte> data) {
  ReadableBytes bytes;
  const auto der = derOf(options.bytes(1, bytes), fieldBytes(key));
  if (der.empty()) return v8::False(call.isolate());
  const auto good =
      verifyMessage(host, key, {hashOf(options.number(0)), prepareNothing, 0}, der, data);
  if (!good.value_or(false)) cryptoFailed(call);
  if (!good) return v8::Undefined(call.isolate());
  return v8::Boolean::New(call.isolate(), *good);
}

// A key of the other curves, from its public bytes or its private ones.
v8::MaybeLocal<v8::Value> curveFromRaw(OpCall& call, Host& host, uint32_t number, bool isPrivate,
                                       std::span<const std::byte> bytes) {
  const auto& curve = curveOf(number);
  if (bytes.size() != curve.fieldBytes) return cryptoFailed(call);
  const auto make = isPrivate ? EVP_PKEY_new_raw_private_key_ex : EVP_PKEY_new_raw_public_key_ex;
  EvpKey key(make(nullptr, curve.name, nullptr, octets(bytes), bytes.size()));
  if (key == nullptr) return cryptoFailed(call);
  return newKey(call, host, std::move(key));
}

v8::MaybeLocal<v8::Value> curveRaw(OpCall& call, EvpKey& key, bool isPrivate) {
  const auto bytes = octetsOf(key, isPrivate ? OSSL_PKEY_PARAM_PRIV_KEY : OSSL_PKEY_PARAM_PUB_KEY);
  if (!bytes) return cryptoFailed(call);
  return newArrayBuffer(call, bytes->view());
}

// By Ed25519, Ed448 or ML-DSA; the latter two know a context.
v8::MaybeLocal<v8::Value> wholeSign(OpCall& call, Host&, EvpKey& key,
                                    std::span<const std::byte> context,
                                    std::span<const std::byte> data) {
  const auto signature = signWhole(key, {data, context});
  if (!signature) return cryptoFailed(call);
  return newArrayBuffer(call, signature->view());
}

// Of the public key, or of the signature's point.
bool hasSmallOrder(const EvpKey& key, std::span<const std::byte> signature) {
  constexpr size_t kPointBytes = 32;
  if (EVP_PKEY_is_a(key.get(), "ED25519") != 1 || signature.size() != 2 * kPointBytes) return false;
  const auto point = octetsOf(key, OSSL_PKEY_PARAM_PUB_KEY);
  return !point || isOfSmallOrder(point->view()) || isOfSmallOrder(signature.first(kPointBytes));
}

// `options`: context, signature. undefined when it could not be found out.
v8::MaybeLocal<v8::Value> wholeVerify(OpCall& call, Host&, EvpKey& key,
                                      const CryptoOptions& options,
                                      std::span<const std::byte> data) {
  ReadableBytes contextBytes;
  ReadableBytes signatureBytes;
  const auto context = options.bytes(0, contextBytes);
  const auto signature = options.bytes(1, signatureBytes);
  if (hasSmallOrder(key, signature)) return v8::False(call.isolate());
  const auto good = verifyWhole(key, {data, context}, signature);
  if (!good.value_or(false)) cryptoFailed(call);
  if (!good) return v8::Undefined(call.isolate());
  return v8::Boolean::New(call.isolate(), *good);
}

// ECDH, X25519 and X448. undefined where the other's key gives no secret.
v8::MaybeLocal<v8::Value> sharedSecret(OpCall& call, Host&, EvpKey& mine, EvpKey& theirs) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, mine.get(), nullptr));
  size_t size = 0;
  if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), theirs.get()) != 1 ||
      EVP_PKEY_derive(context.get(), nullptr, &size) != 1) {
    return cryptoFailed(call);
  }
  SecretBytes secret(size);
  if (EVP_PKEY_derive(context.get(), octets(secret.view()), &size) != 1) return cryptoFailed(call);
  return newArrayBuffer(call, std::as_const(secret).view().first(size));
}

constexpr Op kOps[] = {
    {"curveGenerate", bindOp<curveGenerate>},
    {"ecFromPoint", bindOp<ecFromPoint>},
    {"ecPoint", bindOp<ecPoint>},
    {"ecSecret", bindOp<ecSecret>},
    {"ecdsaSign", bindOp<ecdsaSign>},
    {"ecdsaVerify", bindOp<ecdsaVerify>},
    {"curveFromRaw", bindOp<curveFromRaw>},
    {"curveRaw", bindOp<curveRaw>},
    {"wholeSign", bindOp<wholeSign>},
    {"wholeVerify", bindOp<wholeVerify>},
    {"sharedSecret", bindOp<sharedSecret>},
};

}  // namespace

const std::span<const Op> kCurveOps = kOps;

}  // namespace nano
