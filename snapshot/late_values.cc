#include "snapshot/late_values.h"

namespace nano {

v8::MaybeLocal<v8::Integer> LateValues::add(v8::Local<v8::Context> context,
                                            v8::Local<v8::Value> value) {
  auto* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Array> list;
  if (context->GetNumberOfEmbedderDataFields() > kEmbedderDataIndex) {
    const auto kept = context->GetEmbedderData(kEmbedderDataIndex);
    if (kept->IsArray()) list = kept.As<v8::Array>();
  }
  if (list.IsEmpty()) {
    list = v8::Array::New(isolate);
    context->SetEmbedderData(kEmbedderDataIndex, list);
  }
  const uint32_t number = list->Length();
  if (!list->CreateDataProperty(context, number, value).FromMaybe(false)) return {};
  return v8::Integer::NewFromUnsigned(isolate, number);
}

v8::MaybeLocal<v8::Value> LateValues::get(v8::Local<v8::Context> context,
                                          v8::Local<v8::Value> number) {
  return context->GetEmbedderData(kEmbedderDataIndex)
      .As<v8::Array>()
      ->Get(context, number.As<v8::Uint32>()->Value());
}

}  // namespace nano
