#include "snapshot/entry_points.h"

#include <kj/debug.h>

namespace nano {

EntryPoints::EntryPoints(v8::Local<v8::Context> context) {
  auto* isolate = v8::Isolate::GetCurrent();
  for (size_t i = 0; i < functions_.size(); ++i) {
    v8::Local<v8::Function> function;
    KJ_REQUIRE(context->GetDataFromSnapshotOnce<v8::Function>(i).ToLocal(&function),
               "the context is not from a nano snapshot", kEntryPointNames[i]);
    functions_[i].Reset(isolate, function);
  }
}

}  // namespace nano
