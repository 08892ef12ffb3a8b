#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <v8.h>

#include "snapshot/entry_points.h"

namespace nano {

// The rejected promises of one isolate that nobody handles. They are reported once the microtasks
// of the turn have run: until then a handler may still come. Where one comes later, that is told
// too.
class Rejections final {
 public:
  explicit Rejections(v8::Isolate* isolate);
  ~Rejections();
  Rejections(const Rejections&) = delete;
  Rejections& operator=(const Rejections&) = delete;

  // Somebody looks at `promise` after all.
  void forget(v8::Local<v8::Promise> promise);

  bool empty() const { return unhandled_.empty() && handled_.empty(); }

  // Calls the entry point reportRejection for each, and each that is handled now, as the request
  // that each belongs to. That is JavaScript: the CPU limit is armed, and microtasks may be waiting
  // afterwards.
  void report(v8::Local<v8::Context> context, const EntryPoints& entryPoints);

 private:
  struct Unhandled {
    v8::Global<v8::Promise> promise;
    v8::Global<v8::Value> reason;
    int32_t slot;
  };
  static void onReject(v8::PromiseRejectMessage message);
  // Of a promise that has been reported: keeps it to be told of.
  void noteHandled(v8::Local<v8::Promise> promise);
  // Nothing of what is reported keeps the promise alive.
  void remember(v8::Local<v8::Promise> promise);

  v8::Isolate* isolate_;
  std::vector<Unhandled> unhandled_;
  // Handled by somebody after they were reported.
  std::vector<Unhandled> handled_;
  std::vector<v8::Global<v8::Promise>> reported_;
};

}  // namespace nano
