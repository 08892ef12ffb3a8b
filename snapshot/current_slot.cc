#include "snapshot/current_slot.h"

namespace nano {

int32_t currentSlot(v8::Isolate* isolate) {
  const auto data = isolate->GetContinuationPreservedEmbedderDataV2();
  if (data.IsEmpty() || !data->IsValue()) return kNoSlot;
  const auto value = data.As<v8::Value>();
  return value->IsInt32() ? value.As<v8::Int32>()->Value() : kNoSlot;
}

void setCurrentSlot(v8::Isolate* isolate, int32_t slot) {
  // An empty handle stands for undefined, V8's own value outside of any request.
  v8::Local<v8::Data> data;
  if (slot != kNoSlot) data = v8::Integer::New(isolate, slot);
  isolate->SetContinuationPreservedEmbedderDataV2(data);
}

}  // namespace nano
