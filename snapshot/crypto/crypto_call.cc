#include "snapshot/crypto/crypto_call.h"

#include <openssl/err.h>

#include <utility>

namespace nano {

v8::Local<v8::Value> cryptoFailed(OpCall& call) {
  ERR_clear_error();
  return v8::Undefined(call.isolate());
}

v8::MaybeLocal<v8::Value> newArrayBuffer(OpCall& call, std::span<const std::byte> bytes) {
  const auto made = newBytes(call.isolate(), bytes.size());
  if (!made) return {};
  std::copy(bytes.begin(), bytes.end(), made->bytes.begin());
  return made->array->Buffer();
}

v8::MaybeLocal<v8::Value> newKey(OpCall& call, Host& host, KeyMaterial material) {
  auto* keys = host.keys();
  KJ_REQUIRE(keys != nullptr, "this program keeps no keys");
  return keys->add(call.isolate(), std::move(material));
}

}  // namespace nano
