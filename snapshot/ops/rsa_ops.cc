// RSA: keys, signatures of both paddings, OAEP.

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <array>
#include <optional>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/crypto/hash.h"
#include "snapshot/crypto/key_numbers.h"
#include "snapshot/crypto/message_signature.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// A private operation takes 8 times as long with twice the bits: with 8192 it is some 50 ms, in
// which nobody can stop it.
constexpr int kMinBits = 1024;
constexpr int kMaxBits = 8192;
// Making one takes a hundred times as long as using it, but can be stopped.
constexpr uint32_t kMaxNewBits = 4096;

// Called some hundred times while primes are looked for. 0 ends that.
int goOn(EVP_PKEY_CTX* context) {
  auto* host = static_cast<Host*>(EVP_PKEY_CTX_get_app_data(context));
  return host->isStopping() ? 0 : 1;
}

v8::MaybeLocal<v8::Value> rsaGenerate(OpCall& call, Host& host, uint32_t bits, uint32_t exponent) {
  if (bits < kMinBits || bits > kMaxNewBits || exponent < 3 || exponent % 2 == 0) {
    return cryptoFailed(call);
  }
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  const BigNumber e(BN_new());
  EVP_PKEY* key = nullptr;
  if (context == nullptr || BN_set_word(e.get(), exponent) != 1 ||
      EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits)) != 1 ||
      EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get()) != 1) {
    return cryptoFailed(call);
  }
  EVP_PKEY_CTX_set_app_data(context.get(), &host);
  EVP_PKEY_CTX_set_cb(context.get(), goOn);
  if (EVP_PKEY_generate(context.get(), &key) != 1) return cryptoFailed(call);
  return newKey(call, host, EvpKey(key));
}

// In the order in which JavaScript has them.
constexpr std::array kNumbers = {OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
                                 OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
                                 OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
                                 OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
constexpr size_t kPublicNumbers = 2;

// `options`: n and e, or all eight.
v8::MaybeLocal<v8::Value> rsaFromNumbers(OpCall& call, Host& host, const CryptoOptions& options,
                                         bool isPrivate) {
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  std::array<BigNumber, kNumbers.size()> numbers;
  const size_t count = isPrivate ? kNumbers.size() : kPublicNumbers;
  for (size_t i = 0; i < count; ++i) {
    ReadableBytes bytes;
    const auto view = options.bytes(static_cast<uint32_t>(i), bytes);
    if (view.size() > kMaxBits / 8 + 1) return cryptoFailed(call);
    numbers[i] = numberFrom(view);
    if (OSSL_PARAM_BLD_push_BN(builder.get(), kNumbers[i], numbers[i].get()) != 1) {
      return cryptoFailed(call);
    }
  }
  auto key = keyFromParams("RSA", isPrivate ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, builder);
  if (key == nullptr) return cryptoFailed(call);
  return newKey(call, host, std::move(key));
}

// undefined when a number is missing.
v8::MaybeLocal<v8::Value> rsaNumbers(OpCall& call, EvpKey& key, bool isPrivate) {
  const size_t count = isPrivate ? kNumbers.size() : kPublicNumbers;
  const auto list = v8::Array::New(call.isolate(), static_cast<int>(count));
  for (size_t i = 0; i < count; ++i) {
    const auto number = numberOf(key, kNumbers[i]);
    if (!number) return cryptoFailed(call);
    v8::Local<v8::Value> bytes;
    if (!newArrayBuffer(call, number->view()).ToLocal(&bytes) ||
        !list->CreateDataProperty(call.context(), static_cast<uint32_t>(i), bytes)
             .FromMaybe(false)) {
      return {};
    }
  }
  return list;
}

// Whether the modulus is the product of the primes, where there are any: OpenSSL does not look.
bool primesFit(const EvpKey& key) {
  const auto p = numberOf(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
  const auto q = numberOf(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
  if (!p || !q) return !p && !q;
  const auto n = numberOf(key, OSSL_PKEY_PARAM_RSA_N);
  const BigNumber product(BN_secure_new());
  const std::unique_ptr<BN_CTX, OpenSslRelease<BN_CTX_free>> room(BN_CTX_new());
  return n &&
         BN_mul(product.get(), numberFrom(p->view()).get(), numberFrom(q->view()).get(),
                room.get()) == 1 &&
         BN_cmp(product.get(), numberFrom(n->view()).get()) == 0;
}

// The modulus' bits; 0 where the key is none that is used here.
uint32_t rsaBits(OpCall& call, EvpKey& key) {
  const int bits = EVP_PKEY_get_bits(key.get());
  const auto exponent = numberOf(key, OSSL_PKEY_PARAM_RSA_E);
  if (bits < kMinBits || bits > kMaxBits || !exponent || exponent->size() == 0 || !primesFit(key)) {
    cryptoFailed(call);
    return 0;
  }
  return static_cast<uint32_t>(bits);
}

// In place of a salt's length: PKCS #1 v1.5.
constexpr uint32_t kNoSalt = UINT32_MAX;

bool setPadding(EVP_PKEY_CTX* context, uint32_t salt) {
  if (salt == kNoSalt) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  return salt <= kMaxBits / 8 &&
         EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(salt)) == 1;
}

// `options`: hash, salt's length.
v8::MaybeLocal<v8::Value> rsaSign(OpCall& call, Host& host, EvpKey& key,
                                  const CryptoOptions& options, std::span<const std::byte> data) {
  const SignatureScheme scheme{hashOf(options.number(0)), setPadding, options.number(1)};
  const auto signature = signMessage(host, key, scheme, data);
  if (!signature) return cryptoFailed(call);
  return newArrayBuffer(call, signature->view());
}

// `options`: hash, salt's length, signature.
v8::MaybeLocal<v8::Value> rsaVerify(OpCall& call, Host& host, EvpKey& key,
                                    const CryptoOptions& options, std::span<const std::byte> data) {
  const SignatureScheme scheme{hashOf(options.number(0)), setPadding, options.number(1)};
  ReadableBytes signature;
  const auto good = verifyMessage(host, key, scheme, options.bytes(2, signature), data);
  if (!good.value_or(false)) cryptoFailed(call);
  if (!good) return v8::Undefined(call.isolate());
  return v8::Boolean::New(call.isolate(), *good);
}

bool setOaep(EVP_PKEY_CTX* context, const EVP_MD* hash, std::span<const std::byte> label) {
  if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context, hash) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) != 1) {
    return false;
  }
  if (label.empty()) return true;
  auto* copy = static_cast<unsigned char*>(OPENSSL_memdup(label.data(), label.size()));
  if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(label.size())) == 1) {
    return true;
  }
  OPENSSL_free(copy);
  return false;
}

// `options`: 1 to encrypt, hash, label.
v8::MaybeLocal<v8::Value> rsaOaep(OpCall& call, Host&, EvpKey& key, const CryptoOptions& options,
                                  std::span<const std::byte> data) {
  constexpr size_t kMaxLabelBytes = size_t{1} << 20;
  const bool encrypts = options.number(0) == 1;
  const auto* hash = hashOf(options.number(1));
  ReadableBytes labelBytes;
  const auto label = options.bytes(2, labelBytes);
  if (label.size() > kMaxLabelBytes || data.size() > kMaxBits / 8) return cryptoFailed(call);
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  const auto init = encrypts ? EVP_PKEY_encrypt_init : EVP_PKEY_decrypt_init;
  const auto crypt = encrypts ? EVP_PKEY_encrypt : EVP_PKEY_decrypt;
  size_t size = kMaxBits / 8;
  SecretBytes out(size);
  if (context == nullptr || init(context.get()) != 1 || !setOaep(context.get(), hash, label) ||
      crypt(context.get(), octets(out.view()), &size, octets(data), data.size()) != 1) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, std::as_const(out).view().first(size));
}

constexpr Op kOps[] = {
    {"rsaGenerate", bindOp<rsaGenerate>}, {"rsaFromNumbers", bindOp<rsaFromNumbers>},
    {"rsaNumbers", bindOp<rsaNumbers>},   {"rsaBits", bindOp<rsaBits>},
    {"rsaSign", bindOp<rsaSign>},         {"rsaVerify", bindOp<rsaVerify>},
    {"rsaOaep", bindOp<rsaOaep>},
};

}  // namespace

const std::span<const Op> kRsaOps = kOps;

}  // namespace nano
