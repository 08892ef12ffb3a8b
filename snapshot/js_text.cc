#include "snapshot/js_text.h"

namespace nano {

namespace {

// UTF-8 needs at most three bytes for a UTF-16 code unit.
constexpr size_t kMaxUtf8PerCodeUnit = 3;

}  // namespace

void Utf8::assign(v8::Isolate* isolate, v8::Local<v8::String> string) {
  const auto length = static_cast<size_t>(string->Length());
  char* buffer = small_;
  size_t capacity = length * kMaxUtf8PerCodeUnit;
  if (capacity > sizeof small_) {
    capacity = string->Utf8LengthV2(isolate);
    if (capacity > sizeof small_) {
      large_.resize(capacity);
      buffer = large_.data();
    }
  }
  const size_t written =
      string->WriteUtf8V2(isolate, buffer, capacity, v8::String::WriteFlags::kReplaceInvalidUtf8);
  view_ = {buffer, written};
}

bool Latin1::assign(v8::Isolate* isolate, v8::Local<v8::String> string) {
  const auto length = static_cast<uint32_t>(string->Length());
  if (!string->ContainsOnlyOneByte()) return false;
  char* buffer = small_;
  if (length > sizeof small_) {
    large_.resize(length);
    buffer = large_.data();
  }
  string->WriteOneByteV2(isolate, 0, length, reinterpret_cast<uint8_t*>(buffer));
  view_ = {buffer, length};
  return true;
}

}  // namespace nano
