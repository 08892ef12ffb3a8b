#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <v8.h>

#include "snapshot/buffer_budget.h"

// Between V8's serializer and the built-ins that use it. Included by files that are compiled
// without run-time type information (cmake/Snapshot.cmake), because the engine is.
namespace nano {

// What a built-in hands in: functions, by their places.
enum CloneHook : uint32_t {
  kMakeError,         // (message) -> the DataCloneError to throw.
  kIsPlatformObject,  // (object) -> true for what has no copy by its properties.
  kWrite,             // (platform object) -> its number, undefined where it may not be cloned.
  kReplacements,      // () -> a list of what takes their places in the copy, by number.
};

class CloneHooks final {
 public:
  CloneHooks(v8::Isolate* isolate, v8::Local<v8::Array> functions)
      : isolate_(isolate),
        functions_(functions) {}

  // undefined where there is no such function.
  v8::MaybeLocal<v8::Value> call(CloneHook hook, v8::Local<v8::Value> argument) const {
    const auto context = isolate_->GetCurrentContext();
    v8::Local<v8::Value> function;
    if (!functions_->Get(context, hook).ToLocal(&function)) return {};
    if (!function->IsFunction()) return v8::Undefined(isolate_);
    return function.As<v8::Function>()->Call(context, v8::Undefined(isolate_), 1, &argument);
  }

  void throwDataCloneError(v8::Local<v8::String> message) const {
    v8::Local<v8::Value> error;
    // What it threw is pending.
    if (!call(kMakeError, message).ToLocal(&error)) return;
    isolate_->ThrowException(error->IsUndefined() ? v8::Exception::Error(message) : error);
  }

 private:
  v8::Isolate* isolate_;
  v8::Local<v8::Array> functions_;
};

// How large a serialized form may become, and on whose budget; null: on nobody's.
struct CloneRoom {
  size_t maxBytes;
  std::shared_ptr<BufferBudget> budget;
  // The Error that is thrown where it becomes larger; empty: what V8 says then.
  std::string tooLarge;
};

inline void throwError(v8::Isolate* isolate, const std::string& text) {
  v8::Local<v8::String> message;
  if (v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                              static_cast<int>(text.size()))
          .ToLocal(&message)) {
    isolate->ThrowError(message);
  }
}

class CloneDelegate final : public v8::ValueSerializer::Delegate {
 public:
  CloneDelegate(v8::Isolate* isolate, const CloneHooks& hooks, CloneRoom room)
      : isolate_(isolate),
        hooks_(hooks),
        room_(std::move(room)) {}

  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    if (isTooLarge_ && !room_.tooLarge.empty()) {
      throwError(isolate_, room_.tooLarge);
      return;
    }
    // V8 says that it is out of memory, and not whose limit that is.
    if (isOverBudget_) {
      throwError(isolate_, "The serialized form does not fit into limits.buffers_mb.");
      return;
    }
    hooks_.throwDataCloneError(message);
  }

  bool HasCustomHostObject(v8::Isolate*) override { return true; }

  v8::Maybe<bool> IsHostObject(v8::Isolate*, v8::Local<v8::Object> object) override {
    v8::Local<v8::Value> answer;
    if (!hooks_.call(kIsPlatformObject, object).ToLocal(&answer)) return v8::Nothing<bool>();
    return v8::Just(answer->IsTrue());
  }

  v8::Maybe<bool> WriteHostObject(v8::Isolate*, v8::Local<v8::Object> object) override {
    v8::Local<v8::Value> number;
    if (!hooks_.call(kWrite, object).ToLocal(&number)) return v8::Nothing<bool>();
    if (!number->IsUint32()) return refuse<bool>(object->GetConstructorName());
    serializer_->WriteUint32(number.As<v8::Uint32>()->Value());
    hasPlatformObjects_ = true;
    return v8::Just(true);
  }

  bool hasPlatformObjects() const { return hasPlatformObjects_; }
  // Before anything is written.
  void writeTo(v8::ValueSerializer& serializer) { serializer_ = &serializer; }

  // A tenant has one thread: there is nobody to share memory or compiled code with.
  v8::Maybe<uint32_t> GetSharedArrayBufferId(v8::Isolate* isolate,
                                             v8::Local<v8::SharedArrayBuffer>) override {
    return refuse<uint32_t>(v8::String::NewFromUtf8Literal(isolate, "SharedArrayBuffer"));
  }

  v8::Maybe<uint32_t> GetWasmModuleTransferId(v8::Isolate* isolate,
                                              v8::Local<v8::WasmModuleObject>) override {
    return refuse<uint32_t>(v8::String::NewFromUtf8Literal(isolate, "WebAssembly.Module"));
  }

  void* ReallocateBufferMemory(void* buffer, size_t size, size_t* actualSize) override {
    // V8 throws a DataCloneError then: out of memory.
    isTooLarge_ = size > room_.maxBytes;
    if (isTooLarge_) return nullptr;
    if (room_.budget != nullptr && size > share_.bytes() &&
        !share_.add(room_.budget, size - share_.bytes())) {
      isOverBudget_ = true;
      return nullptr;
    }
    *actualSize = size;
    return std::realloc(buffer, size);
  }

  void FreeBufferMemory(void* buffer) override { std::free(buffer); }

 private:
  template <typename T>
  v8::Maybe<T> refuse(v8::Local<v8::String> name) {
    const auto rest = v8::String::NewFromUtf8Literal(isolate_, " object could not be cloned.");
    ThrowDataCloneError(v8::String::Concat(isolate_, name, rest));
    return v8::Nothing<T>();
  }

  v8::Isolate* isolate_;
  const CloneHooks& hooks_;
  const CloneRoom room_;
  BufferShare share_;
  bool isTooLarge_ = false;
  bool isOverBudget_ = false;
  v8::ValueSerializer* serializer_ = nullptr;
  bool hasPlatformObjects_ = false;
};

// While a copy is made no JavaScript may run: the replacements are there before.
class CopyDelegate final : public v8::ValueDeserializer::Delegate {
 public:
  explicit CopyDelegate(v8::Isolate* isolate) : replacements_(isolate) {}

  // False when an exception is pending.
  bool setReplacements(v8::Local<v8::Context> context, v8::Local<v8::Value> list) {
    if (!list->IsArray()) return true;
    const auto array = list.As<v8::Array>();
    for (uint32_t i = 0; i < array->Length(); ++i) {
      v8::Local<v8::Value> object;
      if (!array->Get(context, i).ToLocal(&object)) return false;
      replacements_.push_back(object);
    }
    return true;
  }

  v8::MaybeLocal<v8::Object> ReadHostObject(v8::Isolate* isolate) override {
    uint32_t number = 0;
    if (deserializer_->ReadUint32(&number) && number < replacements_.size() &&
        replacements_[number]->IsObject()) {
      return replacements_[number].As<v8::Object>();
    }
    isolate->ThrowError("a replacement is missing");
    return {};
  }

  // Before anything is read.
  void readFrom(v8::ValueDeserializer& deserializer) { deserializer_ = &deserializer; }

 private:
  v8::LocalVector<v8::Value> replacements_;
  v8::ValueDeserializer* deserializer_ = nullptr;
};

struct FreeBuffer {
  void operator()(uint8_t* buffer) const { std::free(buffer); }
};

}  // namespace nano
