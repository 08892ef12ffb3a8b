// What built-ins ask about the running isolate, and tell the snapshot's builder.

#include "snapshot/current_slot.h"
#include "snapshot/entry_points.h"
#include "snapshot/host.h"
#include "snapshot/late_values.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

int32_t currentSlotOp(OpCall& call) { return currentSlot(call.isolate()); }

v8::Local<v8::Value> asyncFrame(OpCall& call) { return currentFrame(call.isolate()); }

void setAsyncFrame(OpCall& call, v8::Local<v8::Value> frame) {
  setCurrentFrame(call.isolate(), frame);
}

// For what keeps bytes in an app's own interest, which must leave it room.
double bufferBytes(OpCall&, Host& host) { return static_cast<double>(host.bufferBytes()); }

// As between two tasks. Nothing where microtasks are running already.
void runMicrotasks(OpCall& call) {
  const auto data = call.isolate()->GetContinuationPreservedEmbedderDataV2();
  call.isolate()->PerformMicrotaskCheckpoint();
  call.isolate()->SetContinuationPreservedEmbedderDataV2(data);
}

void registerEntryPoints(OpCall& call, v8::Local<v8::Object> entryPoints) {
  auto* registered =
      static_cast<v8::Global<v8::Object>*>(call.isolate()->GetData(kRegistrationIsolateSlot));
  if (registered == nullptr) {
    call.isolate()->ThrowError("only possible while the snapshot is built");
    return;
  }
  registered->Reset(call.isolate(), entryPoints);
}

void makeLateValue(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  auto* isolate = info.GetIsolate();
  const auto context = isolate->GetCurrentContext();
  v8::Local<v8::Value> make;
  v8::Local<v8::Value> value;
  if (LateValues::get(context, info.Data()).ToLocal(&make) &&
      make.As<v8::Function>()->Call(context, v8::Undefined(isolate), 0, nullptr).ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

// A data property whose value is made when it is read first. Nobody sees a difference, not even
// in its descriptor.
void defineLazyProperty(OpCall& call, v8::Local<v8::Object> object, v8::Local<v8::String> name,
                        v8::Local<v8::Function> makeValue, bool enumerable) {
  const auto attributes =
      enumerable ? v8::PropertyAttribute::None : v8::PropertyAttribute::DontEnum;
  v8::Local<v8::Integer> number;
  if (!LateValues::add(call.context(), makeValue).ToLocal(&number)) return;
  // Nothing: what V8 threw is pending.
  (void)object->SetLazyDataProperty(call.context(), name, makeLateValue, number, attributes)
      .IsNothing();
}

constexpr Op kOps[] = {
    {"defineLazyProperty", bindOp<defineLazyProperty>},
    {"currentSlot", bindOp<currentSlotOp>},
    {"runMicrotasks", bindOp<runMicrotasks>},
    {"registerEntryPoints", bindOp<registerEntryPoints>},
    {"bufferBytes", bindOp<bufferBytes>},
    {"asyncFrame", bindOp<asyncFrame>},
    {"setAsyncFrame", bindOp<setAsyncFrame>},
};

}  // namespace

const std::span<const Op> kContextOps = kOps;

intptr_t lazyPropertyReference() { return reinterpret_cast<intptr_t>(&makeLateValue); }

}  // namespace nano
