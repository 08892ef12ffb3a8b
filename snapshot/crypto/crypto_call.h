#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <kj/debug.h>

#include "snapshot/crypto/key_store.h"
#include "snapshot/op.h"

namespace nano {

// A handle of the key store, by what is behind it.
template <typename Material>
class KeyArgument : public op::FromJavaScript {
 public:
  static constexpr char kExpected[] = "a key of this kind";
  bool read(v8::Isolate*, v8::Local<v8::Value> value) {
    auto* material = KeyStore::find(value);
    key_ = material == nullptr ? nullptr : std::get_if<Material>(material);
    return key_ != nullptr;
  }
  Material& get() const { return *key_; }

 private:
  Material* key_ = nullptr;
};
template <>
class OpArgument<const SecretBytes&> : public KeyArgument<SecretBytes> {};
template <>
class OpArgument<EvpKey&> : public KeyArgument<EvpKey> {};
template <>
class OpArgument<EvpDigestContext&> : public KeyArgument<EvpDigestContext> {};

// What an op of crypto.subtle is told beside key and data: a list that a built-in made. Its
// elements are read once, before anything else of the call: a hole is looked for on prototypes,
// where a tenant may have put a getter, and that may take any buffer's bytes away.
class CryptoOptions final {
 public:
  // False when it is too long, or reading it threw.
  bool assign(v8::Local<v8::Array> list) {
    const auto context = v8::Isolate::GetCurrent()->GetCurrentContext();
    count_ = list->Length();
    if (count_ > kMost) return false;
    for (uint32_t i = 0; i < count_; ++i)
      if (!list->Get(context, i).ToLocal(&values_[i])) return false;
    return true;
  }

  uint32_t number(uint32_t index) const {
    const auto value = at(index);
    KJ_REQUIRE(value->IsUint32());
    return value.As<v8::Uint32>()->Value();
  }
  // They live as long as `bytes`.
  std::span<const std::byte> bytes(uint32_t index, ReadableBytes& bytes) const {
    KJ_REQUIRE(bytes.assign(at(index)));
    return bytes.view();
  }

 private:
  // As many as an RSA key has numbers.
  static constexpr uint32_t kMost = 8;

  v8::Local<v8::Value> at(uint32_t index) const {
    KJ_REQUIRE(index < count_);
    return values_[index];
  }

  std::array<v8::Local<v8::Value>, kMost> values_;
  uint32_t count_ = 0;
};
template <>
class OpArgument<const CryptoOptions&> : public op::FromJavaScript {
 public:
  static constexpr bool kMayRunJavaScript = true;
  static constexpr char kExpected[] = "a list";
  bool read(v8::Isolate*, v8::Local<v8::Value> value) {
    return value->IsArray() && options_.assign(value.As<v8::Array>());
  }
  const CryptoOptions& get() const { return options_; }

 private:
  CryptoOptions options_;
};

// How much is worked on before somebody looks whether JavaScript was told to stop: some
// milliseconds at most.
inline constexpr size_t kPieceBytes = size_t{1} << 20;

// False when `take` fails, or the app's limits say stop. `take` gets a piece.
template <typename Take>
bool inPieces(Host& host, std::span<const std::byte> data, Take&& take) {
  while (true) {
    const auto piece = data.first(std::min(data.size(), kPieceBytes));
    if (!take(piece)) return false;
    data = data.subspan(piece.size());
    if (data.empty()) return true;
    if (host.isStopping()) return false;
  }
}

// The result of what did not work: JavaScript makes the DOMException. OpenSSL's queue of errors is
// emptied, nobody reads it.
v8::Local<v8::Value> cryptoFailed(OpCall& call);
// A new ArrayBuffer with these bytes; empty, with a RangeError pending, without memory.
v8::MaybeLocal<v8::Value> newArrayBuffer(OpCall& call, std::span<const std::byte> bytes);
// A handle for a new key.
v8::MaybeLocal<v8::Value> newKey(OpCall& call, Host& host, KeyMaterial material);

}  // namespace nano
