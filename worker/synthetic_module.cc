#include "worker/synthetic_module.h"

namespace nano {
namespace {

v8::Local<v8::Value> at(v8::Local<v8::Context> context, v8::Local<v8::Array> list, uint32_t index) {
  // An array of ours, without holes: reading it runs no code.
  return list->Get(context, index).FromMaybe(v8::Local<v8::Value>());
}

}  // namespace

v8::Local<v8::Module> makeSyntheticModule(v8::Local<v8::Context> context,
                                          v8::Local<v8::String> name, v8::Local<v8::Array> exports,
                                          v8::Module::SyntheticModuleEvaluationSteps evaluate) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::LocalVector<v8::String> names(isolate);
  for (uint32_t i = 0; i + 1 < exports->Length(); i += 2)
    names.push_back(at(context, exports, i).As<v8::String>());
  return v8::Module::CreateSyntheticModule(
      isolate, name, v8::MemorySpan<const v8::Local<v8::String>>(names.data(), names.size()),
      evaluate);
}

bool setExports(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                v8::Local<v8::Array> exports) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  for (uint32_t i = 0; i + 1 < exports->Length(); i += 2) {
    if (!module
             ->SetSyntheticModuleExport(isolate, at(context, exports, i).As<v8::String>(),
                                        at(context, exports, i + 1))
             .FromMaybe(false)) {
      return false;
    }
  }
  return true;
}

}  // namespace nano
