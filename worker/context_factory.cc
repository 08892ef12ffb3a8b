#include "worker/context_factory.h"

#include <utility>

#include <kj/debug.h>

#include "worker/counting_allocator.h"
#include "worker/isolate_scope.h"
#include "worker/module_loader.h"

namespace nano {
namespace {

// As many as Error.stackTraceLimit has by default; frames of built-ins are not shown.
constexpr int kMaxStackFrames = 10;

}  // namespace

Realm::Realm(V8Process& v8, v8::Isolate* isolate, std::shared_ptr<BufferBudget> buffers,
             size_t heapBytes)
    : v8_(v8),
      isolate_(isolate),
      buffers_(std::move(buffers)),
      heapBytes_(heapBytes) {
  heapLimit_.emplace(isolate, *buffers_);
}

Realm::~Realm() {
  entryPoints_.reset();
  context_.Reset();
  heapLimit_.reset();
  v8::platform::NotifyIsolateShutdown(&v8_.platform(), isolate_);
  isolate_->Dispose();
}

std::unique_ptr<Realm> ContextFactory::make(size_t heapBytes, size_t externalBytes) const {
  auto buffers = std::make_shared<BufferBudget>(externalBytes);
  v8::Isolate::CreateParams params;
  snapshot_.addTo(params);
  params.array_buffer_allocator_shared = std::make_shared<CountingAllocator>(buffers);
  params.allow_atomics_wait = false;
  params.constraints.ConfigureDefaultsFromHeapSize(0, heapBytes);
  v8::Isolate* isolate = v8::Isolate::New(params);
  KJ_REQUIRE(isolate != nullptr, "V8 makes no isolate from the snapshot");
  auto realm = std::make_unique<Realm>(v8_, isolate, std::move(buffers), heapBytes);

  realm->library_ = library_;
  isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  // js_error reads these instead of Error.prototype.stack, which runs the tenant's code.
  // Across origins, though there is one only: else V8 makes room for stackTraceLimit frames at
  // once, and `Error.stackTraceLimit = Infinity`, which bundles set, ends the process.
  isolate->SetCaptureStackTraceForUncaughtExceptions(
      true, kMaxStackFrames,
      static_cast<v8::StackTrace::StackTraceOptions>(
          v8::StackTrace::kOverview | v8::StackTrace::kExposeFramesAcrossSecurityOrigins));
  ModuleLoader::installCallbacks(isolate);

  v8::Isolate::Scope isolateScope(isolate);
  v8::HandleScope handleScope(isolate);
  v8::Local<v8::Context> context = v8::Context::New(isolate);
  KJ_REQUIRE(!context.IsEmpty(), "V8 makes no context from the snapshot");
  v8::Context::Scope contextScope(context);
  context->AllowCodeGenerationFromStrings(false);
  context->SetErrorMessageForCodeGenerationFromStrings(v8::String::NewFromUtf8Literal(
      isolate,
      "Code generation from strings (eval, new Function) is off: \"codegen\": true in nano.jsonc "
      "turns it on where the operator allows it"));
  context->SetErrorMessageForWasmCodeGeneration(v8::String::NewFromUtf8Literal(
      isolate,
      "WebAssembly from bytes at run time is off: \"codegen\": true in nano.jsonc turns it on "
      "where the operator allows it; a .wasm file of the app can be imported"));
  realm->context_.Reset(isolate, context);
  realm->entryPoints_ = std::make_unique<EntryPoints>(context);
  if (v8_.compilesCode()) {
    const bool prepared = !realm->entryPoints_->get(isolate, EntryPoint::kPrepareWebAssembly)
                               ->Call(context, v8::Undefined(isolate), 0, nullptr)
                               .IsEmpty();
    KJ_REQUIRE(prepared, "WebAssembly could not be bounded");
  } else {
    // The snapshot's context has it under every profile; using it without a compiler ends V8.
    const auto name = v8::String::NewFromUtf8Literal(isolate, "WebAssembly");
    KJ_REQUIRE(context->Global()->Delete(context, name).FromMaybe(false));
  }
  return realm;
}

}  // namespace nano
