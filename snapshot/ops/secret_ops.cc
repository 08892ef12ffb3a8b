// Symmetric keys: their bytes come in, are made here, or go out where a key may be exported.

#include <openssl/rand.h>

#include <cstring>

#include <kj/debug.h>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// The longest key there is, in bytes: for a secret of a KDF or an HMAC that somebody means. Checked
// by generateKey and importKey too, which say so.
constexpr size_t kMaxSecretBytes = size_t{1} << 20;

v8::MaybeLocal<v8::Value> secretFrom(OpCall& call, Host& host, std::span<const std::byte> bytes) {
  if (bytes.size() > kMaxSecretBytes) return cryptoFailed(call);
  return newKey(call, host, SecretBytes(bytes));
}

v8::MaybeLocal<v8::Value> secretFromRandom(OpCall& call, Host& host, uint32_t size) {
  if (size > kMaxSecretBytes) return cryptoFailed(call);
  SecretBytes secret(size);
  KJ_REQUIRE(RAND_priv_bytes(octets(secret.view()), static_cast<int>(size)) == 1);
  return newKey(call, host, std::move(secret));
}

v8::MaybeLocal<v8::Value> secretBytes(OpCall& call, const SecretBytes& secret) {
  return newArrayBuffer(call, secret.view());
}

constexpr Op kOps[] = {
    {"secretFrom", bindOp<secretFrom>},
    {"secretFromRandom", bindOp<secretFromRandom>},
    {"secretBytes", bindOp<secretBytes>},
};

}  // namespace

const std::span<const Op> kSecretOps = kOps;

}  // namespace nano
