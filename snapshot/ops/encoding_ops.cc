// UTF-8 in bulk, and parts of texts in other encodings (https://encoding.spec.whatwg.org/). What
// streams over chunk borders is in encoding.js and legacy_decoder.js.

#include <cstring>
#include <optional>
#include <string>

#include "snapshot/ops/legacy_text.h"
#include "snapshot/ops/ops.h"
#include "snapshot/ops/simdutf.h"

namespace nano {
namespace {

constexpr int kReplace = v8::String::WriteFlags::kReplaceInvalidUtf8;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The size of `string` in UTF-8 when it is stored as Latin-1, which simdutf measures fastest.
std::optional<size_t> utf8LengthOfOneByte(v8::Isolate* isolate, v8::Local<v8::String> string) {
  const v8::String::ValueView view(isolate, string);
  if (!view.is_one_byte()) return std::nullopt;
  return simdutf::utf8_length_from_latin1(reinterpret_cast<const char*>(view.data8()),
                                          view.length());
}

v8::MaybeLocal<v8::Uint8Array> utf8Encode(OpCall& call, v8::Local<v8::String> string) {
  auto* isolate = call.isolate();
  const auto oneByteSize = utf8LengthOfOneByte(isolate, string);
  const size_t size = oneByteSize ? *oneByteSize : string->Utf8LengthV2(isolate);
  const auto made = newBytes(isolate, size);
  if (!made) return {};
  auto* out = reinterpret_cast<char*>(made->bytes.data());
  if (oneByteSize) {
    const v8::String::ValueView view(isolate, string);
    simdutf::convert_latin1_to_utf8(reinterpret_cast<const char*>(view.data8()), view.length(),
                                    out);
  } else {
    string->WriteUtf8V2(isolate, out, size, kReplace);
  }
  return made->array;
}

// Writes the code units read and the bytes written to `counts`.
void utf8EncodeInto(OpCall& call, v8::Local<v8::String> string, std::span<std::byte> out,
                    std::span<uint32_t> counts) {
  size_t read = 0;
  const size_t written = string->WriteUtf8V2(call.isolate(), reinterpret_cast<char*>(out.data()),
                                             out.size(), kReplace, &read);
  if (counts.size() < 2) return;
  counts[0] = static_cast<uint32_t>(read);
  counts[1] = static_cast<uint32_t>(written);
}

double utf8ByteLength(OpCall& call, v8::Local<v8::String> string) {
  const auto oneByteSize = utf8LengthOfOneByte(call.isolate(), string);
  return static_cast<double>(oneByteSize ? *oneByteSize : string->Utf8LengthV2(call.isolate()));
}

v8::MaybeLocal<v8::String> utf8Decode(OpCall& call, std::span<const std::byte> bytes, bool fatal,
                                      bool ignoreByteOrderMark) {
  auto* isolate = call.isolate();
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!ignoreByteOrderMark && text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (text.size() > static_cast<size_t>(v8::String::kMaxLength)) return {};
  const auto size = static_cast<int>(text.size());
  if (simdutf::validate_ascii(text.data(), text.size())) {
    return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(text.data()),
                                      v8::NewStringType::kNormal, size);
  }
  if (fatal && !simdutf::validate_utf8(text.data(), text.size())) {
    isolate->ThrowException(v8::Exception::TypeError(v8::String::NewFromUtf8Literal(
        isolate, "The encoded data was not valid for encoding utf-8")));
    return {};
  }
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal, size);
}

void throwNotValid(v8::Isolate* isolate, std::string_view encoding) {
  const std::string message =
      "The encoded data was not valid for encoding " + std::string(encoding);
  v8::Local<v8::String> text;
  if (!v8::String::NewFromUtf8(isolate, message.data(), v8::NewStringType::kNormal,
                               static_cast<int>(message.size()))
           .ToLocal(&text)) {
    return;
  }
  isolate->ThrowException(v8::Exception::TypeError(text));
}

// A part of a text, as short as legacy_decoder.js makes them. `progress` is how many of its last
// bytes wait for the next part, and the state that one part leaves and the next begins with.
v8::MaybeLocal<v8::String> legacyDecode(OpCall& call, const Utf8& encoding,
                                        std::span<const std::byte> bytes, uint32_t flags,
                                        std::span<uint32_t> progress) {
  constexpr uint32_t kEndOfText = 1;
  constexpr uint32_t kFatal = 2;
  constexpr size_t kMaxPartBytes = 1 << 20;
  auto* isolate = call.isolate();
  if (bytes.size() > kMaxPartBytes || progress.size() < 2) return {};
  const auto end = (flags & kEndOfText) != 0 ? LegacyEnd::kEndOfText : LegacyEnd::kMoreToCome;
  const auto text = decodeLegacyText(encoding.view(), bytes, end, progress[1]);
  if (!text || ((flags & kFatal) != 0 && text->isMalformed)) {
    throwNotValid(isolate, encoding.view());
    return {};
  }
  progress[0] = static_cast<uint32_t>(text->unfinishedBytes);
  progress[1] = text->state;
  return v8::String::NewFromTwoByte(isolate, reinterpret_cast<const uint16_t*>(text->units.data()),
                                    v8::NewStringType::kNormal,
                                    static_cast<int>(text->units.size()));
}

constexpr Op kOps[] = {
    {"utf8Encode", bindOp<utf8Encode>},         {"utf8EncodeInto", bindOp<utf8EncodeInto>},
    {"utf8ByteLength", bindOp<utf8ByteLength>}, {"utf8Decode", bindOp<utf8Decode>},
    {"legacyDecode", bindOp<legacyDecode>},
};

}  // namespace

const std::span<const Op> kEncodingOps = kOps;

}  // namespace nano
