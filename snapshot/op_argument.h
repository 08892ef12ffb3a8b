#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <v8.h>

#include "snapshot/host.h"
#include "snapshot/js_bytes.h"
#include "snapshot/js_text.h"

namespace nano {

// How the argument of an op is made from a JavaScript value, by its C++ type.
template <typename T>
class OpArgument;

// The isolate's host, not a JavaScript argument.
template <>
class OpArgument<Host&> {
 public:
  static constexpr bool kFromJavaScript = false;
  // Throws a JavaScript Error when there is none.
  bool read(v8::Isolate* isolate);
  Host& get() { return *host_; }

 private:
  Host* host_ = nullptr;
};

namespace op {

class FromJavaScript {
 public:
  static constexpr bool kFromJavaScript = true;
  // Whether reading it may run code of a tenant, which may detach or shrink any buffer. Those that
  // do are read before all others, which are views then.
  static constexpr bool kMayRunJavaScript = false;
};

// A handle of one V8 type, checked by one of v8::Value's questions.
template <typename T, bool (v8::Value::*isType)() const>
class HandleArgument : public FromJavaScript {
 public:
  bool read(v8::Isolate*, v8::Local<v8::Value> value) {
    if (!((*value)->*isType)()) return false;
    handle_ = value.As<T>();
    return true;
  }
  v8::Local<T> get() const { return handle_; }

 private:
  v8::Local<T> handle_;
};

// A number or boolean, by value.
template <typename T, typename Handle, bool (v8::Value::*isType)() const>
class ValueArgument : public FromJavaScript {
 public:
  bool read(v8::Isolate*, v8::Local<v8::Value> value) {
    if (!((*value)->*isType)()) return false;
    value_ = value.As<Handle>()->Value();
    return true;
  }
  T get() const { return value_; }

 private:
  T value_{};
};

}  // namespace op

template <>
class OpArgument<int32_t> : public op::ValueArgument<int32_t, v8::Int32, &v8::Value::IsInt32> {
 public:
  static constexpr char kExpected[] = "a 32-bit integer";
};
template <>
class OpArgument<uint32_t> : public op::ValueArgument<uint32_t, v8::Uint32, &v8::Value::IsUint32> {
 public:
  static constexpr char kExpected[] = "an unsigned 32-bit integer";
};
template <>
class OpArgument<double> : public op::ValueArgument<double, v8::Number, &v8::Value::IsNumber> {
 public:
  static constexpr char kExpected[] = "a number";
};
template <>
class OpArgument<bool> : public op::ValueArgument<bool, v8::Boolean, &v8::Value::IsBoolean> {
 public:
  static constexpr char kExpected[] = "a boolean";
};

template <>
class OpArgument<v8::Local<v8::Value>> : public op::FromJavaScript {
 public:
  static constexpr char kExpected[] = "a value";
  bool read(v8::Isolate*, v8::Local<v8::Value> value) {
    value_ = value;
    return true;
  }
  v8::Local<v8::Value> get() const { return value_; }

 private:
  v8::Local<v8::Value> value_;
};
template <>
class OpArgument<v8::Local<v8::String>>
    : public op::HandleArgument<v8::String, &v8::Value::IsString> {
 public:
  static constexpr char kExpected[] = "a string";
};
template <>
class OpArgument<v8::Local<v8::Object>>
    : public op::HandleArgument<v8::Object, &v8::Value::IsObject> {
 public:
  static constexpr char kExpected[] = "an object";
};
template <>
class OpArgument<v8::Local<v8::Function>>
    : public op::HandleArgument<v8::Function, &v8::Value::IsFunction> {
 public:
  static constexpr char kExpected[] = "a function";
};
template <>
class OpArgument<v8::Local<v8::Promise>>
    : public op::HandleArgument<v8::Promise, &v8::Value::IsPromise> {
 public:
  static constexpr char kExpected[] = "a promise";
};
template <>
class OpArgument<v8::Local<v8::Array>> : public op::HandleArgument<v8::Array, &v8::Value::IsArray> {
 public:
  static constexpr char kExpected[] = "an array";
};

// Bytes to write into: the view's place in its buffer, which is moved off V8's heap if need be.
template <>
class OpArgument<std::span<std::byte>> : public op::FromJavaScript {
 public:
  static constexpr char kExpected[] = "a mutable ArrayBuffer or view";
  bool read(v8::Isolate*, v8::Local<v8::Value> value);
  std::span<std::byte> get() const { return view_; }

 private:
  std::span<std::byte> view_;
};
template <>
class OpArgument<std::span<const std::byte>> : public op::FromJavaScript {
 public:
  static constexpr char kExpected[] = "an ArrayBuffer or view";
  bool read(v8::Isolate*, v8::Local<v8::Value> value) { return bytes_.assign(value); }
  std::span<const std::byte> get() const { return bytes_.view(); }

 private:
  ReadableBytes bytes_;
};
// A Uint32Array to return several numbers in.
template <>
class OpArgument<std::span<uint32_t>> : public op::FromJavaScript {
 public:
  static constexpr char kExpected[] = "a Uint32Array";
  bool read(v8::Isolate*, v8::Local<v8::Value> value);
  std::span<uint32_t> get() const { return view_; }

 private:
  std::span<uint32_t> view_;
};

template <>
class OpArgument<const Utf8&> : public op::FromJavaScript {
 public:
  static constexpr char kExpected[] = "a string";
  bool read(v8::Isolate* isolate, v8::Local<v8::Value> value) {
    if (!value->IsString()) return false;
    text_.assign(isolate, value.As<v8::String>());
    return true;
  }
  const Utf8& get() const { return text_; }

 private:
  Utf8 text_;
};
template <>
class OpArgument<const Latin1&> : public op::FromJavaScript {
 public:
  static constexpr char kExpected[] = "a string of characters up to U+00FF";
  bool read(v8::Isolate* isolate, v8::Local<v8::Value> value) {
    return value->IsString() && text_.assign(isolate, value.As<v8::String>());
  }
  const Latin1& get() const { return text_; }

 private:
  Latin1 text_;
};

}  // namespace nano
