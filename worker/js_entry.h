#pragma once

#include <chrono>
#include <cstdint>

#include <kj/function.h>
#include <v8.h>

#include "worker/context_factory.h"
#include "worker/rejections.h"
#include "worker/resource_limiter.h"

namespace nano {

// Runs JavaScript of one realm: the only place where a tenant's code is entered.
//
// A run is the call, then the microtasks it caused, then the reports of rejections nobody handled,
// all under one CPU limit and on the memory budget of the realm.
class JsEntry final {
 public:
  JsEntry(Realm& realm, ResourceLimiter& limiter)
      : realm_(realm),
        limiter_(limiter),
        rejections_(realm.isolate()) {}

  // After anything but kDone the realm is not entered again: half of a change may have been made.
  enum class End { kDone, kExceededCpu, kExceededMemory };

  struct Turn {
    End end = End::kDone;
    std::chrono::nanoseconds cpu{0};
  };

  using Body = kj::FunctionParam<void(v8::Local<v8::Context>)>;
  // `slot` is the request that the JavaScript works for, or kNoSlot. Must not be nested.
  [[nodiscard]] Turn run(int32_t slot, std::chrono::nanoseconds cpuLimit, Body body);

  // A rejection of `promise` is not reported: its owner looks at it.
  void markAsHandled(v8::Local<v8::Promise> promise) {
    promise->MarkAsHandled();
    rejections_.forget(promise);
  }

  // Inside run(): JavaScript has been told to stop, and nothing it did since then counts.
  bool isStopping() const;

  Realm& realm() { return realm_; }

  // Calls an entry point, inside run(). False when it threw; what it threw is in `caught`.
  template <typename... Arguments>
  bool call(v8::Local<v8::Context> context, EntryPoint entryPoint, Arguments... arguments) {
    v8::Isolate* isolate = realm_.isolate();
    v8::Local<v8::Value> values[] = {arguments...};
    return !realm_.entryPoints()
                .get(isolate, entryPoint)
                ->Call(context, v8::Undefined(isolate), sizeof...(arguments), values)
                .IsEmpty();
  }

 private:
  void runMicrotasks(v8::Local<v8::Context> context);
  void collectGarbage();

  Realm& realm_;
  ResourceLimiter& limiter_;
  const ResourceLimiter::Armed* armed_ = nullptr;
  Rejections rejections_;
  // A buffer was refused in the run before. V8 has not collected any where it was to grow.
  bool garbageIsDue_ = false;
};

}  // namespace nano
