#pragma once

#include <cstdint>

#include <v8.h>

namespace nano {

// What v8::Isolate::SetData holds in a worker, beside Host::kIsolateSlot and
// kRegistrationIsolateSlot of the snapshot folder.
inline constexpr uint32_t kModuleLoaderIsolateSlot = 2;
inline constexpr uint32_t kRejectionsIsolateSlot = 3;

// The one way to touch JavaScript: enters the isolate, opens a handle scope and enters the context,
// in the one right order, and leaves in the reverse one.
//
// It arms no limit. Code of a tenant runs inside JsEntry::run, which makes one of these.
class IsolateScope final {
 public:
  IsolateScope(v8::Isolate* isolate, const v8::Global<v8::Context>& context)
      : isolateScope_(isolate),
        handleScope_(isolate),
        context_(context.Get(isolate)),
        contextScope_(context_) {}
  IsolateScope(const IsolateScope&) = delete;
  IsolateScope& operator=(const IsolateScope&) = delete;

  v8::Local<v8::Context> context() const { return context_; }

 private:
  v8::Isolate::Scope isolateScope_;
  v8::HandleScope handleScope_;
  v8::Local<v8::Context> context_;
  v8::Context::Scope contextScope_;
};

}  // namespace nano
