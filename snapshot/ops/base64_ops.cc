// base64 (RFC 4648) and Latin-1, in bulk.

#include <memory>

#include "snapshot/ops/ops.h"
#include "snapshot/ops/simdutf.h"

namespace nano {
namespace {

v8::MaybeLocal<v8::String> latin1String(v8::Isolate* isolate, const char* data, size_t size) {
  if (size > static_cast<size_t>(v8::String::kMaxLength)) return {};
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(data),
                                    v8::NewStringType::kNormal, static_cast<int>(size));
}

v8::MaybeLocal<v8::String> encode(v8::Isolate* isolate, const char* data, size_t size) {
  if (size > static_cast<size_t>(v8::String::kMaxLength)) return {};
  const size_t room = (size + 2) / 3 * 4;
  const auto out = std::make_unique_for_overwrite<char[]>(room);
  const size_t written = simdutf::binary_to_base64(data, size, out.get(), simdutf::base64_default);
  return latin1String(isolate, out.get(), written);
}

v8::MaybeLocal<v8::String> base64Encode(OpCall& call, const Latin1& text) {
  return encode(call.isolate(), text.view().data(), text.view().size());
}

v8::MaybeLocal<v8::String> bytesToBase64(OpCall& call, std::span<const std::byte> bytes) {
  return encode(call.isolate(), reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// undefined when the text is not forgiving base64. Characters above U+00FF never are.
v8::MaybeLocal<v8::Value> base64Decode(OpCall& call, v8::Local<v8::String> string) {
  Latin1 text;
  if (!text.assign(call.isolate(), string)) return v8::Undefined(call.isolate());
  size_t size = text.view().size() / 4 * 3 + 3;
  const auto out = std::make_unique_for_overwrite<char[]>(size);
  const auto result = simdutf::base64_to_binary_safe(text.view().data(), text.view().size(),
                                                     out.get(), size, simdutf::base64_default,
                                                     simdutf::loose, /*decodeUpToBad=*/false);
  if (result.error != simdutf::SUCCESS) return v8::Undefined(call.isolate());
  v8::Local<v8::String> decoded;
  if (!latin1String(call.isolate(), out.get(), size).ToLocal(&decoded)) return {};
  return decoded;
}

v8::MaybeLocal<v8::Uint8Array> latin1Encode(OpCall& call, v8::Local<v8::String> string) {
  if (!string->ContainsOnlyOneByte()) {
    op::throwWrongArgument(call.isolate(), 0, OpArgument<const Latin1&>::kExpected);
    return {};
  }
  const auto length = static_cast<uint32_t>(string->Length());
  const auto made = newBytes(call.isolate(), length);
  if (!made) return {};
  string->WriteOneByteV2(call.isolate(), 0, length, reinterpret_cast<uint8_t*>(made->bytes.data()));
  return made->array;
}

v8::MaybeLocal<v8::String> latin1Decode(OpCall& call, std::span<const std::byte> bytes) {
  return latin1String(call.isolate(), reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

constexpr Op kOps[] = {
    {"base64Encode", bindOp<base64Encode>}, {"bytesToBase64", bindOp<bytesToBase64>},
    {"base64Decode", bindOp<base64Decode>}, {"latin1Encode", bindOp<latin1Encode>},
    {"latin1Decode", bindOp<latin1Decode>},
};

}  // namespace

const std::span<const Op> kBase64Ops = kOps;

}  // namespace nano
