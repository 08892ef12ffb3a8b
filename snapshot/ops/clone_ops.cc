// structuredClone() by V8's serializer
// (https://html.spec.whatwg.org/multipage/structured-data.html). What may be cloned and the
// DOMException are JavaScript's part: it hands in the functions that decide and that make the
// error.

#include <cstdlib>
#include <memory>

#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// A clone holds the serialized form and the copy at once: at most half of the default heap of 128
// MB.
constexpr size_t kMaxSerializedBytes = size_t{64} << 20;

// What structured_clone.js hands in: each a function or undefined.
struct CloneCallbacks {
  v8::Local<v8::Value> makeError;         // (message) -> the DataCloneError to throw.
  v8::Local<v8::Value> isPlatformObject;  // (object) -> true for what must not be cloned.
};

void throwDataCloneError(v8::Isolate* isolate, const CloneCallbacks& callbacks,
                         v8::Local<v8::String> message) {
  v8::Local<v8::Value> error = v8::Exception::Error(message);
  if (callbacks.makeError->IsFunction()) {
    v8::Local<v8::Value> arguments[] = {message};
    const auto makeError = callbacks.makeError.As<v8::Function>();
    const auto receiver = v8::Undefined(isolate);
    if (!makeError->Call(isolate->GetCurrentContext(), receiver, 1, arguments).ToLocal(&error)) {
      return;  // What it threw is pending.
    }
  }
  isolate->ThrowException(error);
}

class CloneDelegate final : public v8::ValueSerializer::Delegate {
 public:
  CloneDelegate(v8::Isolate* isolate, const CloneCallbacks& callbacks)
      : isolate_(isolate),
        callbacks_(callbacks) {}

  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    throwDataCloneError(isolate_, callbacks_, message);
  }

  bool HasCustomHostObject(v8::Isolate*) override {
    return callbacks_.isPlatformObject->IsFunction();
  }

  v8::Maybe<bool> IsHostObject(v8::Isolate* isolate, v8::Local<v8::Object> object) override {
    v8::Local<v8::Value> arguments[] = {object};
    v8::Local<v8::Value> answer;
    const auto ask = callbacks_.isPlatformObject.As<v8::Function>();
    const auto context = isolate->GetCurrentContext();
    if (!ask->Call(context, v8::Undefined(isolate), 1, arguments).ToLocal(&answer)) {
      return v8::Nothing<bool>();
    }
    return v8::Just(answer->IsTrue());
  }

  v8::Maybe<bool> WriteHostObject(v8::Isolate*, v8::Local<v8::Object> object) override {
    return refuse<bool>(object->GetConstructorName());
  }

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
  const CloneCallbacks& callbacks_;
};

struct FreeBuffer {
  void operator()(uint8_t* buffer) const { std::free(buffer); }
};

// One call of structuredClone(). Each step is false, or empty, when an exception is pending.
class Clone final {
 public:
  Clone(v8::Isolate* isolate, const CloneCallbacks& callbacks)
      : isolate_(isolate),
        context_(isolate->GetCurrentContext()),
        callbacks_(callbacks),
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
    CloneDelegate delegate(isolate_, callbacks_);
    v8::ValueSerializer serializer(isolate_, &delegate);
    for (size_t i = 0; i < transferred_.size(); ++i) {
      serializer.TransferArrayBuffer(static_cast<uint32_t>(i), transferred_[i]);
    }
    serializer.WriteHeader();
    if (!serializer.WriteValue(context_, value).FromMaybe(false)) return {};
    const auto [bytes, size] = serializer.Release();
    const std::unique_ptr<uint8_t, FreeBuffer> owned(bytes);

    v8::ValueDeserializer deserializer(isolate_, bytes, size);
    for (size_t i = 0; i < transferred_.size(); ++i) {
      v8::Local<v8::ArrayBuffer> moved;
      if (!move(transferred_[i]).ToLocal(&moved)) return {};
      deserializer.TransferArrayBuffer(static_cast<uint32_t>(i), moved);
    }
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
    throwDataCloneError(isolate_, callbacks_, v8::String::NewFromUtf8Literal(isolate_, message));
    return false;
  }

  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  const CloneCallbacks& callbacks_;
  v8::LocalVector<v8::ArrayBuffer> transferred_;
};

v8::MaybeLocal<v8::Value> structuredCloneValue(OpCall& call, v8::Local<v8::Value> value,
                                               v8::Local<v8::Value> transferList,
                                               v8::Local<v8::Value> makeError,
                                               v8::Local<v8::Value> isPlatformObject) {
  const CloneCallbacks callbacks{makeError, isPlatformObject};
  Clone clone(call.isolate(), callbacks);
  if (!clone.readTransferList(transferList)) return {};
  return clone.run(value);
}

constexpr Op kOps[] = {
    {"structuredCloneValue", bindOp<structuredCloneValue>},
};

}  // namespace

const std::span<const Op> kCloneOps = kOps;

}  // namespace nano
