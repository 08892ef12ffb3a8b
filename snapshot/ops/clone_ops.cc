// structuredClone() by V8's serializer
// (https://html.spec.whatwg.org/multipage/structured-data.html). What becomes of platform objects
// and the DOMException are JavaScript's part: it hands in the functions that decide.

#include <memory>

#include "snapshot/ops/clone_delegates.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

// A clone holds the serialized form and the copy at once: at most half of the default heap of 128
// MB.
constexpr size_t kMaxSerializedBytes = size_t{64} << 20;

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
    CloneDelegate delegate(isolate_, hooks_, {kMaxSerializedBytes, nullptr, {}});
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
    if (delegate.hasPlatformObjects()) {
      v8::Local<v8::Value> list;
      if (!hooks_.call(kReplacements, v8::Undefined(isolate_)).ToLocal(&list) ||
          !copyDelegate.setReplacements(context_, list)) {
        return {};
      }
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
