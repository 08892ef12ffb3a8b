#include "snapshot/ops/body_bytes.h"

#include "snapshot/ops/simdutf.h"

namespace nano {

bool BodyBytes::assign(v8::Isolate* isolate, v8::Local<v8::Value> body) {
  if (body->IsString()) {
    encode(isolate, body.As<v8::String>());
    return true;
  }
  if (body->IsNullOrUndefined()) {
    present_ = false;
    return true;
  }
  if (!buffer_.assign(body)) return false;
  bytes_ = buffer_.view();
  return true;
}

void BodyBytes::encode(v8::Isolate* isolate, v8::Local<v8::String> text) {
  string_.emplace(isolate, text);
  if (string_->is_one_byte()) {
    const auto* data = reinterpret_cast<const char*>(string_->data8());
    if (simdutf::validate_ascii(data, string_->length())) {
      bytes_ = std::as_bytes(std::span(data, string_->length()));
      return;
    }
  }
  string_.reset();
  const size_t size = text->Utf8LengthV2(isolate);
  encoded_ = std::make_unique_for_overwrite<char[]>(size);
  const size_t written =
      text->WriteUtf8V2(isolate, encoded_.get(), size, v8::String::WriteFlags::kReplaceInvalidUtf8);
  bytes_ = std::as_bytes(std::span(encoded_.get(), written));
}

}  // namespace nano
