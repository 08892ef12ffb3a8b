#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <v8.h>

#include "snapshot/crypto/library.h"
#include "snapshot/host.h"
#include "snapshot/op_table.h"
#include "snapshot/snapshot_cache.h"
#include "snapshot/v8_process.h"

namespace nano {

// For tests: V8, started once and left to the end of the process.
inline V8Process& testProcess() {
  static auto* process = (prepareCrypto(), new V8Process());
  return *process;
}

// For tests: an isolate, entered, and a context in it that runs scripts.
class ScriptWorld final {
 public:
  // Without built-ins; the global `ops` has every op.
  explicit ScriptWorld(Host* host = nullptr) : ScriptWorld(nullptr, host) {
    const v8::HandleScope handles(isolate_);
    const v8::Context::Scope entered(context());
    setGlobal("ops", makeOps(context()).ToLocalChecked());
  }

  // From a snapshot, which must outlive this.
  ScriptWorld(const SnapshotCache* snapshot, Host* host)
      : allocator_((testProcess(), v8::ArrayBuffer::Allocator::NewDefaultAllocator())) {
    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = allocator_.get();
    if (snapshot != nullptr) snapshot->addTo(params);
    isolate_ = v8::Isolate::New(params);
    isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    isolate_->SetData(Host::kIsolateSlot, host);
    isolate_->Enter();
    const v8::HandleScope handles(isolate_);
    context_.Reset(isolate_, v8::Context::New(isolate_));
  }

  ~ScriptWorld() {
    context_.Reset();
    isolate_->Exit();
    isolate_->Dispose();
  }
  ScriptWorld(const ScriptWorld&) = delete;
  ScriptWorld& operator=(const ScriptWorld&) = delete;

  v8::Isolate* isolate() { return isolate_; }
  v8::Local<v8::Context> context() { return context_.Get(isolate_); }

  void setGlobal(const char* name, v8::Local<v8::Value> value) {
    const auto key = v8::String::NewFromUtf8(isolate_, name).ToLocalChecked();
    context()->Global()->Set(context(), key, value).Check();
  }

  template <v8::FunctionCallback callback>
  void setFunction(const char* name) {
    const v8::HandleScope handles(isolate_);
    const v8::Context::Scope entered(context());
    setGlobal(name, v8::Function::New(context(), callback).ToLocalChecked());
  }

  // The script's value as a string, or "throws " and the error as one.
  std::string run(std::string_view script) {
    const v8::HandleScope handles(isolate_);
    const v8::Context::Scope entered(context());
    const v8::TryCatch tryCatch(isolate_);
    const auto source = v8::String::NewFromUtf8(isolate_, script.data(), v8::NewStringType::kNormal,
                                                static_cast<int>(script.size()))
                            .ToLocalChecked();
    v8::Local<v8::Script> compiled;
    v8::Local<v8::Value> result;
    if (!v8::Script::Compile(context(), source).ToLocal(&compiled) ||
        !compiled->Run(context()).ToLocal(&result)) {
      return "throws " + text(tryCatch.Exception());
    }
    isolate_->PerformMicrotaskCheckpoint();
    return text(result);
  }

 private:
  std::string text(v8::Local<v8::Value> value) {
    const v8::String::Utf8Value utf8(isolate_, value);
    return *utf8 == nullptr ? "(no text)" : std::string(*utf8, utf8.length());
  }

  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator_;
  v8::Isolate* isolate_;
  v8::Global<v8::Context> context_;
};

}  // namespace nano
