#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include <v8.h>

#include "snapshot/js_bytes.h"

namespace nano {

// A body as bytes, from the string, bytes or null that JavaScript has for it. A string of ASCII,
// the usual case, is not copied: V8's heap must not move while this lives.
class BodyBytes final {
 public:
  BodyBytes() = default;
  BodyBytes(const BodyBytes&) = delete;
  BodyBytes& operator=(const BodyBytes&) = delete;

  // False when `body` is nothing that can be a body.
  bool assign(v8::Isolate* isolate, v8::Local<v8::Value> body);
  bool present() const { return present_; }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  void encode(v8::Isolate* isolate, v8::Local<v8::String> text);

  bool present_ = true;
  std::span<const std::byte> bytes_;
  ReadableBytes buffer_;
  std::optional<v8::String::ValueView> string_;
  std::unique_ptr<char[]> encoded_;
};

}  // namespace nano
