// ML-KEM and the keys of ML-DSA (FIPS 203, 204).

#include <openssl/core_names.h>

#include <array>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/crypto/key_numbers.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

struct Lattice {
  const char* name;  // As keyKind() and OpenSSL have it.
  size_t publicBytes;
  size_t seedBytes;
};
// By the numbers of snapshot/js/crypto/lattice.js.
constexpr std::array kLattices = {Lattice{"ML-KEM-512", 800, 64},   Lattice{"ML-KEM-768", 1184, 64},
                                  Lattice{"ML-KEM-1024", 1568, 64}, Lattice{"ML-DSA-44", 1312, 32},
                                  Lattice{"ML-DSA-65", 1952, 32},   Lattice{"ML-DSA-87", 2592, 32}};

const Lattice& latticeOf(uint32_t number) {
  KJ_REQUIRE(number < kLattices.size());
  return kLattices[number];
}

v8::MaybeLocal<v8::Value> latticeGenerate(OpCall& call, Host& host, uint32_t number) {
  EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, latticeOf(number).name));
  if (key == nullptr) return cryptoFailed(call);
  return newKey(call, host, std::move(key));
}

// From a private key's seed, or a public key.
v8::MaybeLocal<v8::Value> latticeFromRaw(OpCall& call, Host& host, uint32_t number, bool isPrivate,
                                         std::span<const std::byte> bytes) {
  const auto& lattice = latticeOf(number);
  if (bytes.size() != (isPrivate ? lattice.seedBytes : lattice.publicBytes)) {
    return cryptoFailed(call);
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  const char* name = isPrivate ? OSSL_PKEY_PARAM_ML_KEM_SEED : OSSL_PKEY_PARAM_PUB_KEY;
  if (OSSL_PARAM_BLD_push_octet_string(builder.get(), name, bytes.data(), bytes.size()) != 1) {
    return cryptoFailed(call);
  }
  auto key =
      keyFromParams(lattice.name, isPrivate ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, builder);
  if (key == nullptr) return cryptoFailed(call);
  return newKey(call, host, std::move(key));
}

// A private key may have come without.
bool latticeHasSeed(OpCall& call, EvpKey& key) {
  const bool has = octetsOf(key, OSSL_PKEY_PARAM_ML_KEM_SEED).has_value();
  if (!has) cryptoFailed(call);
  return has;
}

// The seed, or the public key.
v8::MaybeLocal<v8::Value> latticeRaw(OpCall& call, EvpKey& key, bool isPrivate) {
  const auto bytes =
      octetsOf(key, isPrivate ? OSSL_PKEY_PARAM_ML_KEM_SEED : OSSL_PKEY_PARAM_PUB_KEY);
  if (!bytes) return cryptoFailed(call);
  return newArrayBuffer(call, bytes->view());
}

// [secret, ciphertext].
v8::MaybeLocal<v8::Value> encapsulate(OpCall& call, Host&, EvpKey& key) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  size_t sealedSize = 0;
  size_t secretSize = 0;
  if (context == nullptr || EVP_PKEY_encapsulate_init(context.get(), nullptr) != 1 ||
      EVP_PKEY_encapsulate(context.get(), nullptr, &sealedSize, nullptr, &secretSize) != 1) {
    return cryptoFailed(call);
  }
  SecretBytes sealed(sealedSize);
  SecretBytes secret(secretSize);
  if (EVP_PKEY_encapsulate(context.get(), octets(sealed.view()), &sealedSize, octets(secret.view()),
                           &secretSize) != 1) {
    return cryptoFailed(call);
  }
  v8::Local<v8::Value> both[2];
  if (!newArrayBuffer(call, std::as_const(secret).view()).ToLocal(&both[0]) ||
      !newArrayBuffer(call, std::as_const(sealed).view()).ToLocal(&both[1])) {
    return {};
  }
  return v8::Array::New(call.isolate(), both, 2);
}

v8::MaybeLocal<v8::Value> decapsulate(OpCall& call, Host&, EvpKey& key,
                                      std::span<const std::byte> sealed) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  size_t size = 0;
  if (context == nullptr || EVP_PKEY_decapsulate_init(context.get(), nullptr) != 1 ||
      EVP_PKEY_decapsulate(context.get(), nullptr, &size, octets(sealed), sealed.size()) != 1) {
    return cryptoFailed(call);
  }
  SecretBytes secret(size);
  if (EVP_PKEY_decapsulate(context.get(), octets(secret.view()), &size, octets(sealed),
                           sealed.size()) != 1) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, std::as_const(secret).view().first(size));
}

constexpr Op kOps[] = {
    {"latticeGenerate", bindOp<latticeGenerate>}, {"latticeFromRaw", bindOp<latticeFromRaw>},
    {"latticeHasSeed", bindOp<latticeHasSeed>},   {"latticeRaw", bindOp<latticeRaw>},
    {"encapsulate", bindOp<encapsulate>},         {"decapsulate", bindOp<decapsulate>},
};

}  // namespace

const std::span<const Op> kLatticeOps = kOps;

}  // namespace nano
