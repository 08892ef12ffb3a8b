// Digests of node:crypto by their names, and scrypt.

#include <array>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "snapshot/crypto/crypto_call.h"
#include "snapshot/crypto/scrypt.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

struct NamedDigest {
  std::string_view name;
  const EVP_MD* (*make)();
};
constexpr std::array kDigests = {
    NamedDigest{"md5", EVP_md5},
    NamedDigest{"sha1", EVP_sha1},
    NamedDigest{"sha224", EVP_sha224},
    NamedDigest{"sha256", EVP_sha256},
    NamedDigest{"sha384", EVP_sha384},
    NamedDigest{"sha512", EVP_sha512},
    NamedDigest{"sha512-224", EVP_sha512_224},
    NamedDigest{"sha512-256", EVP_sha512_256},
    NamedDigest{"sha3-224", EVP_sha3_224},
    NamedDigest{"sha3-256", EVP_sha3_256},
    NamedDigest{"sha3-384", EVP_sha3_384},
    NamedDigest{"sha3-512", EVP_sha3_512},
    NamedDigest{"ripemd160", EVP_ripemd160},
    NamedDigest{"blake2b512", EVP_blake2b512},
    NamedDigest{"blake2s256", EVP_blake2s256},
};

// A digest that goes on, for digestUpdate() and digestFinish(); undefined for none of this name.
v8::MaybeLocal<v8::Value> digestStartNamed(OpCall& call, Host& host, const Utf8& name) {
  for (const auto& digest : kDigests) {
    if (digest.name != name.view()) continue;
    EvpDigestContext context(EVP_MD_CTX_new());
    if (EVP_DigestInit_ex(context.get(), digest.make(), nullptr) != 1) return cryptoFailed(call);
    return newKey(call, host, std::move(context));
  }
  return v8::Undefined(call.isolate()).As<v8::Value>();
}

// Another of the same state.
v8::MaybeLocal<v8::Value> digestCopy(OpCall& call, Host& host, EvpDigestContext& context) {
  EvpDigestContext copy(EVP_MD_CTX_new());
  if (EVP_MD_CTX_copy_ex(copy.get(), context.get()) != 1) return cryptoFailed(call);
  return newKey(call, host, std::move(copy));
}

// What is hashed at once, where nobody looks at the clock.
constexpr size_t kMaxAtOnce = size_t{1} << 20;

// `options`: cost, block size, parallel blocks, bytes to make.
v8::MaybeLocal<v8::Value> scryptOp(OpCall& call, Host& host, std::span<const std::byte> password,
                                   std::span<const std::byte> salt, const CryptoOptions& options) {
  const ScryptWork work{password, salt, options.number(0), options.number(1), options.number(2)};
  if (password.size() > kMaxAtOnce || salt.size() > kMaxAtOnce) return cryptoFailed(call);
  const auto out = newBytes(call.isolate(), options.number(3));
  if (!out) return {};
  auto budget = host.keys()->budget();
  if (budget == nullptr) {
    budget = std::make_shared<BufferBudget>(std::numeric_limits<size_t>::max());
  }
  if (!scrypt(host, work, budget, out->bytes)) return cryptoFailed(call);
  return out->array->Buffer().As<v8::Value>();
}

constexpr Op kOps[] = {
    {"digestStartNamed", bindOp<digestStartNamed>},
    {"digestCopy", bindOp<digestCopy>},
    {"scrypt", bindOp<scryptOp>},
};

}  // namespace

const std::span<const Op> kNodeDigestOps = kOps;

}  // namespace nano
