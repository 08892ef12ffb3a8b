// structuredClone() by V8's serializer
// (https://html.spec.whatwg.org/multipage/structured-data.html). What becomes of platform objects
// and the DOMException are JavaScript's part: it hands in the functions that decide.

#include <cstdlib>
#include <memory>

#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// A clone holds the serialized form and the copy at once: at most half of the default heap of 128
// MB.
constexpr size_t kMaxSerializedBytes = size_t{64} << 20;

// What structured_clone.js hands in: functions, by their places.
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

class CloneDelegate final : public v8::ValueSerializer::Delegate {
 public:
  CloneDelegate(v8::Isolate* isolate, const CloneHooks& hooks) : isolate_(isolate), hooks_(hooks) {}

  void ThrowDataCloneError(v8::Local<v8::String> message) override {
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
    if (size > kMaxSerializedBytes) return nullptr;  // V8 throws a DataCloneError: out of memory.
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
  v8::ValueSerializer* serializer_ = nullptr;
  bool hasPlatformObjects_ = false;
};

// While a copy is made no JavaScript may run: the replacements are there before.
class CopyDelegate final : public v8::ValueDeserializer::Delegate {
 public:
  explicit CopyDelegate(v8::Isolate* isolate) : replacements_(isolate) {}

  // False when an exception is pending.
  bool readReplacements(v8::Local<v8::Context> context, const CloneHooks& hooks) {
    v8::Local<v8::Value> list;
    const auto none = v8::Undefined(v8::Isolate::GetCurrent());
    if (!hooks.call(kReplacements, none).ToLocal(&list)) return false;
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

// One call of structuredClone(). Each step is false, or empty, when an exception is pending.
class Clone final {
 public:
  Clone(v8::Isolate* isolate, const CloneHooks& hooks)
      : isolate_(isolate),
        context_(isolate->GetCurrentContext()),
        hooks_(hooks),
        transferred_(isolate) {}

  bool readTransferList(v8::Local<v8::Value> list) {
    if (list->IsUndefined()) return true;
    if (!list->IsArray()) {
      op::throwWrongArgument(isolate_, 1, "an array or undefined");
      return false;
    }
    const auto array = list.As<v8::Array>();
    for (uint32_t i = 0; i < array->Length(); ++i) {
      v8::Local<v8::Value> value;
      if (!array->Get(context_, i).ToLocal(&value) || !addTransfer(value)) return false;
    }
    return true;
  }

  v8::MaybeLocal<v8::Value> run(v8::Local<v8::Value> value) {
    CloneDelegate delegate(isolate_, hooks_);
    v8::ValueSerializer serializer(isolate_, &delegate);
    delegate.writeTo(serializer);
    for (size_t i = 0; i < transferred_.size(); ++i) {
      serializer.TransferArrayBuffer(static_cast<uint32_t>(i), transferred_[i]);
    }
    serializer.WriteHeader();
    if (!serializer.WriteValue(context_, value).FromMaybe(false)) return {};
    const auto [bytes, size] = serializer.Release();
    const std::unique_ptr<uint8_t, FreeBuffer> owned(bytes);

    CopyDelegate copyDelegate(isolate_);
    v8::ValueDeserializer deserializer(isolate_, bytes, size, &copyDelegate);
    copyDelegate.readFrom(deserializer);
    for (size_t i = 0; i < transferred_.size(); ++i) {
      v8::Local<v8::ArrayBuffer> moved;
      if (!move(transferred_[i]).ToLocal(&moved)) return {};
      deserializer.TransferArrayBuffer(static_cast<uint32_t>(i), moved);
    }
    if (delegate.hasPlatformObjects() && !copyDelegate.readReplacements(context_, hooks_))
      return {};
    if (!deserializer.ReadHeader(context_).FromMaybe(false)) return {};
    return deserializer.ReadValue(context_);
  }

 private:
  bool addTransfer(v8::Local<v8::Value> value) {
    if (!value->IsArrayBuffer()) {
      return refuse("Value not transferable");
    }
    const auto buffer = value.As<v8::ArrayBuffer>();
    for (const auto& other : transferred_) {
      if (other == buffer) return refuse("ArrayBuffer occurs in the transfer list twice");
    }
    transferred_.push_back(buffer);
    return true;
  }

  // Detaches `buffer` and gives its memory to a new one.
  v8::MaybeLocal<v8::ArrayBuffer> move(v8::Local<v8::ArrayBuffer> buffer) {
    if (buffer->WasDetached() || !buffer->IsDetachable() || buffer->IsImmutable()) {
      refuse("An ArrayBuffer is detached or cannot be transferred");
      return {};
    }
    auto store = buffer->GetBackingStore();
    if (!buffer->Detach({}).FromMaybe(false)) return {};
    return v8::ArrayBuffer::New(isolate_, std::move(store));
  }

  template <int N>
  bool refuse(const char (&message)[N]) {
    hooks_.throwDataCloneError(v8::String::NewFromUtf8Literal(isolate_, message));
    return false;
  }

  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  const CloneHooks& hooks_;
  v8::LocalVector<v8::ArrayBuffer> transferred_;
};

v8::MaybeLocal<v8::Value> structuredCloneValue(OpCall& call, v8::Local<v8::Value> value,
                                               v8::Local<v8::Value> transferList,
                                               v8::Local<v8::Array> hooks) {
  const CloneHooks called(call.isolate(), hooks);
  Clone clone(call.isolate(), called);
  if (!clone.readTransferList(transferList)) return {};
  return clone.run(value);
}

constexpr Op kOps[] = {
    {"structuredCloneValue", bindOp<structuredCloneValue>},
};

}  // namespace

const std::span<const Op> kCloneOps = kOps;

}  // namespace nano
