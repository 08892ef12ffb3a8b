// Keys from keys and passwords: HKDF, PBKDF2, Argon2.

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>

#include "snapshot/crypto/argon2.h"
#include "snapshot/crypto/crypto_call.h"
#include "snapshot/crypto/hash.h"
#include "snapshot/crypto/pbkdf2.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

using Kdf = std::unique_ptr<EVP_KDF, OpenSslRelease<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, OpenSslRelease<EVP_KDF_CTX_free>>;

OSSL_PARAM octetParam(const char* name, std::span<const std::byte> bytes) {
  // OpenSSL takes null for a parameter that is not there.
  static unsigned char nothing = 0;
  auto* data = bytes.empty() ? &nothing : const_cast<unsigned char*>(octets(bytes));
  return OSSL_PARAM_construct_octet_string(name, data, bytes.size());
}

// `options`: hash, salt, info, bytes to make.
v8::MaybeLocal<v8::Value> hkdf(OpCall& call, Host&, const SecretBytes& key,
                               const CryptoOptions& options) {
  const auto* hash = hashOf(options.number(0));
  ReadableBytes saltBytes;
  ReadableBytes infoBytes;
  const auto salt = options.bytes(1, saltBytes);
  const auto info = options.bytes(2, infoBytes);
  const size_t size = options.number(3);
  // Hashed once for each part of the result; nothing looks at the clock there.
  if (size > 255 * kMaxHashBytes || info.size() > kPieceBytes / 16 || salt.size() > kPieceBytes) {
    return cryptoFailed(call);
  }
  const Kdf kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
  const KdfContext context(EVP_KDF_CTX_new(kdf.get()));
  auto* name = const_cast<char*>(EVP_MD_get0_name(hash));
  const std::array params = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
                             octetParam(OSSL_KDF_PARAM_KEY, key.view()),
                             octetParam(OSSL_KDF_PARAM_SALT, salt),
                             octetParam(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
  SecretBytes out(size);
  if (EVP_KDF_derive(context.get(), octets(out.view()), size, params.data()) != 1) {
    return cryptoFailed(call);
  }
  return newArrayBuffer(call, std::as_const(out).view());
}

// `options`: hash, salt, iterations, bytes to make.
v8::MaybeLocal<v8::Value> pbkdf2Op(OpCall& call, Host& host, const SecretBytes& key,
                                   const CryptoOptions& options) {
  ReadableBytes salt;
  const auto saltView = options.bytes(1, salt);
  const uint32_t iterations = options.number(2);
  const auto out = newBytes(call.isolate(), options.number(3));
  if (!out) return {};
  const Pbkdf2Work work{hashOf(options.number(0)), key.view(), saltView, iterations};
  if (iterations == 0 || !pbkdf2(host, work, out->bytes)) {
    return cryptoFailed(call);
  }
  return out->array->Buffer();
}

// `options`: kind, nonce, KiB of memory, passes, lanes, a secret, associated data, bytes to make.
v8::MaybeLocal<v8::Value> argon2Op(OpCall& call, Host& host, const SecretBytes& key,
                                   const CryptoOptions& options) {
  ReadableBytes nonce;
  ReadableBytes secret;
  ReadableBytes associated;
  const Argon2Work work{argon2Kind(options.number(0)),
                        key.view(),
                        options.bytes(1, nonce),
                        options.bytes(5, secret),
                        options.bytes(6, associated),
                        options.number(2),
                        options.number(3),
                        options.number(4)};
  const size_t size = options.number(7);
  if (!isPossible(work) || size < kMinArgon2Bytes || size > kPieceBytes) return cryptoFailed(call);
  const auto memory = Argon2Memory::forWork(host, work);
  if (memory == nullptr) {
    call.isolate()->ThrowException(v8::Exception::RangeError(
        v8::String::NewFromUtf8Literal(call.isolate(), "There is no memory for Argon2")));
    return {};
  }
  SecretBytes out(size);
  if (!argon2(host, work, *memory, out.view())) return cryptoFailed(call);
  return newArrayBuffer(call, std::as_const(out).view());
}

constexpr Op kOps[] = {
    {"hkdf", bindOp<hkdf>},
    {"pbkdf2", bindOp<pbkdf2Op>},
    {"argon2", bindOp<argon2Op>},
};

}  // namespace

const std::span<const Op> kDeriveOps = kOps;

}  // namespace nano
