#include "snapshot/js_bytes.h"

#include <algorithm>

namespace nano {

bool ReadableBytes::assign(v8::Local<v8::Value> value) {
  if (value->IsArrayBufferView()) {
    const auto contents = value.As<v8::ArrayBufferView>()->GetContents({small_, sizeof small_});
    view_ = {reinterpret_cast<const std::byte*>(contents.data()), contents.size()};
    return true;
  }
  if (!value->IsArrayBuffer()) return false;
  const auto buffer = value.As<v8::ArrayBuffer>();
  view_ = {static_cast<const std::byte*>(buffer->Data()), buffer->ByteLength()};
  return true;
}

std::optional<std::span<std::byte>> writableBytes(v8::Local<v8::Value> value) {
  v8::Local<v8::ArrayBuffer> buffer;
  size_t offset = 0;
  size_t length = 0;
  if (value->IsArrayBufferView()) {
    const auto view = value.As<v8::ArrayBufferView>();
    buffer = view->Buffer();
    offset = view->ByteOffset();
    length = view->ByteLength();
  } else if (value->IsArrayBuffer()) {
    buffer = value.As<v8::ArrayBuffer>();
    length = buffer->ByteLength();
  } else {
    return std::nullopt;
  }
  if (buffer->IsImmutable()) return std::nullopt;
  // What V8 reports is checked again: these bounds keep us inside the buffer.
  const size_t end = buffer->ByteLength();
  if (offset > end) return std::span<std::byte>{};
  return std::span(static_cast<std::byte*>(buffer->Data()) + offset,
                   std::min(length, end - offset));
}

std::optional<NewBytes> newBytes(v8::Isolate* isolate, size_t size) {
  auto store = v8::ArrayBuffer::NewBackingStore(isolate, size,
                                                v8::BackingStoreInitializationMode::kUninitialized,
                                                v8::BackingStoreOnFailureMode::kReturnNull);
  if (store == nullptr) {
    isolate->ThrowException(v8::Exception::RangeError(
        v8::String::NewFromUtf8Literal(isolate, "Array buffer allocation failed")));
    return std::nullopt;
  }
  auto* data = static_cast<std::byte*>(store->Data());
  auto buffer = v8::ArrayBuffer::New(isolate, std::move(store));
  return NewBytes{v8::Uint8Array::New(buffer, 0, size), {data, size}};
}

}  // namespace nano
