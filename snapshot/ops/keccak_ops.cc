// cSHAKE and KMAC.

#include "snapshot/crypto/cshake.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// `options`: 128 or 256, bytes to make, function name, customization.
v8::MaybeLocal<v8::Value> cshakeOf(OpCall& call, Host& host, const CryptoOptions& options,
                                   std::span<const std::byte> data) {
  ReadableBytes function;
  ReadableBytes customization;
  const CShake::Kind kind{options.number(0), options.bytes(2, function),
                          options.bytes(3, customization)};
  const size_t size = options.number(1);
  if (size > kMaxShakeBytes) return cryptoFailed(call);
  const auto out = newBytes(call.isolate(), size);
  if (!out) return {};
  CShake shake(host);
  if (!shake.begin(kind) || !shake.update(data) || !shake.end(out->bytes)) {
    return cryptoFailed(call);
  }
  return out->array->Buffer();
}

// `options`: 128 or 256, bytes to make, customization.
v8::MaybeLocal<v8::Value> kmacSign(OpCall& call, Host& host, const SecretBytes& key,
                                   const CryptoOptions& options, std::span<const std::byte> data) {
  ReadableBytes customization;
  const CShake::Kind kind{options.number(0), {}, options.bytes(2, customization)};
  const size_t size = options.number(1);
  if (size > kMaxShakeBytes) return cryptoFailed(call);
  const auto out = newBytes(call.isolate(), size);
  if (!out) return {};
  if (!kmac(host, kind, key, data, out->bytes)) return cryptoFailed(call);
  return out->array->Buffer();
}

constexpr Op kOps[] = {
    {"cshakeOf", bindOp<cshakeOf>},
    {"kmacSign", bindOp<kmacSign>},
};

}  // namespace

const std::span<const Op> kKeccakOps = kOps;

}  // namespace nano
