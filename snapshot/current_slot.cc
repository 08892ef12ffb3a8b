#include "snapshot/current_slot.h"

#include <iterator>

namespace nano {

namespace {

// V8's datum of a continuation is the slot, or, where there is a frame, an array of both.
enum Field : uint32_t { kSlot, kFrame };

v8::Local<v8::Value> continuation(v8::Isolate* isolate) {
  const auto data = isolate->GetContinuationPreservedEmbedderDataV2();
  if (data.IsEmpty() || !data->IsValue()) return {};
  return data.As<v8::Value>();
}

v8::Local<v8::Value> field(v8::Isolate* isolate, v8::Local<v8::Value> value, Field index) {
  v8::Local<v8::Value> found;
  // An array of ours, without holes: reading it runs no code.
  if (!value.As<v8::Array>()->Get(isolate->GetCurrentContext(), index).ToLocal(&found)) return {};
  return found;
}

}  // namespace

int32_t currentSlot(v8::Isolate* isolate) {
  auto value = continuation(isolate);
  if (!value.IsEmpty() && value->IsArray()) value = field(isolate, value, kSlot);
  return !value.IsEmpty() && value->IsInt32() ? value.As<v8::Int32>()->Value() : kNoSlot;
}

void setCurrentSlot(v8::Isolate* isolate, int32_t slot) {
  // An empty handle stands for undefined, V8's own value outside of any request.
  v8::Local<v8::Data> data;
  if (slot != kNoSlot) data = v8::Integer::New(isolate, slot);
  isolate->SetContinuationPreservedEmbedderDataV2(data);
}

v8::Local<v8::Value> currentFrame(v8::Isolate* isolate) {
  const auto value = continuation(isolate);
  v8::Local<v8::Value> frame;
  if (!value.IsEmpty() && value->IsArray()) frame = field(isolate, value, kFrame);
  return frame.IsEmpty() ? v8::Undefined(isolate).As<v8::Value>() : frame;
}

void setCurrentFrame(v8::Isolate* isolate, v8::Local<v8::Value> frame) {
  const int32_t slot = currentSlot(isolate);
  if (frame->IsUndefined()) {
    setCurrentSlot(isolate, slot);
    return;
  }
  v8::Local<v8::Value> fields[] = {v8::Integer::New(isolate, slot), frame};
  isolate->SetContinuationPreservedEmbedderDataV2(
      v8::Array::New(isolate, fields, std::size(fields)));
}

}  // namespace nano
