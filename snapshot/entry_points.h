#pragma once

#include <array>
#include <cstddef>

#include <v8.h>

namespace nano {

// The built-in functions that C++ calls. js/main.js registers them while the snapshot is built;
// their order here is their order in the snapshot's data.
enum class EntryPoint {
  kDispatchFetch,       // (slot, handler, env): runs the handler, answers through ops.
  kFireTimer,           // (id)
  kPullOutgoing,        // (number): the next chunk of a body that goes out is wanted.
  kCancelOutgoing,      // (number, dropped, hadNoRoom): its reader went away.
  kAbortRequest,        // (slot): the client went away; request.signal aborts.
  kReportRejection,     // (reason, promise, isHandled): nobody handled it; or somebody does,
                        // after it was told.
  kMakeEnv,             // ([name, kind, text, ...]) -> env
  kPrepareWebAssembly,  // (): once for each context, before code of a tenant runs.
  kBuiltinModule,       // (name) -> [export, value, ...], or undefined for no such module.
  kMakeHandler,         // (default export) -> what dispatchFetch takes.
  kDispatchCall,        // (slot, exports, env, entrypoint, props, method): as FetchCall has them.
  kDispatchScheduled,   // (slot, handler, env, cron, time): as kDispatchFetch, for scheduled().
  kBindGlobals,         // (env): what a service worker finds on its global.
  kApplyFlags,          // ([name, ...]): the compatibility flags that are on; before any code.
  kListenersHandler,    // () -> the handler that a service worker's listeners are, or undefined.
};

inline constexpr std::array<const char*, 15> kEntryPointNames = {
    "dispatchFetch", "fireTimer",       "pullOutgoing",    "cancelOutgoing",
    "abortRequest",  "reportRejection", "makeEnv",         "prepareWebAssembly",
    "builtinModule", "makeHandler",     "dispatchCall",    "dispatchScheduled",
    "bindGlobals",   "applyFlags",      "listenersHandler"};

// The entry points of one isolate.
class EntryPoints final {
 public:
  // Takes them out of the snapshot that `context` was made from. V8 hands them out once a context.
  explicit EntryPoints(v8::Local<v8::Context> context);

  v8::Local<v8::Function> get(v8::Isolate* isolate, EntryPoint entryPoint) const {
    return functions_[static_cast<size_t>(entryPoint)].Get(isolate);
  }

 private:
  std::array<v8::Global<v8::Function>, kEntryPointNames.size()> functions_;
};

// v8::Isolate::SetData index where the builder leaves its v8::Global<v8::Object> for the op
// registerEntryPoints; null everywhere else, and the op throws.
inline constexpr uint32_t kRegistrationIsolateSlot = 1;

}  // namespace nano
