#include "worker/js_entry.h"

#include <algorithm>

#include "snapshot/current_slot.h"
#include "worker/isolate_scope.h"

namespace nano {

JsEntry::Turn JsEntry::run(int32_t slot, std::chrono::nanoseconds cpuLimit, Body body) {
  v8::Isolate* isolate = realm_.isolate();
  IsolateScope scope(isolate, realm_.context());
  const std::chrono::nanoseconds startedAt = limiter_.cpuNow();
  ResourceLimiter::Armed armed(limiter_, isolate, startedAt, cpuLimit);
  armed_ = &armed;
  realm_.v8().bufferPages().setOwner(&realm_.buffers());
  {
    // Nothing may leave an exception behind; a body that cares has a TryCatch of its own.
    v8::TryCatch caught(isolate);
    setCurrentSlot(isolate, slot);
    if (garbageIsDue_) collectGarbage();
    body(scope.context());
    runMicrotasks(scope.context());
    setCurrentSlot(isolate, kNoSlot);
  }
  garbageIsDue_ = realm_.buffers()->hasJustRefused();
  realm_.v8().bufferPages().setOwner(nullptr);
  armed_ = nullptr;
  const auto verdict = armed.stop();
  // The clock may have been corrected downwards meanwhile.
  Turn turn{End::kDone, std::max(limiter_.cpuNow() - startedAt, std::chrono::nanoseconds(0))};
  if (verdict == ResourceLimiter::Armed::Verdict::kExceeded) turn.end = End::kExceededCpu;
  if (realm_.heapLimit().reached()) turn.end = End::kExceededMemory;
  return turn;
}

void JsEntry::collectGarbage() {
  v8::Isolate* isolate = realm_.isolate();
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kNone);
}

void JsEntry::runMicrotasks(v8::Local<v8::Context> context) {
  while (!isStopping()) {
    realm_.isolate()->PerformMicrotaskCheckpoint();
    if (rejections_.empty() || isStopping()) return;
    rejections_.report(context, realm_.entryPoints());
  }
}

bool JsEntry::isStopping() const {
  return realm_.heapLimit().reached() || (armed_ != nullptr && armed_->hasFired());
}

}  // namespace nano
