#include "worker/heap_limit.h"

namespace nano {

HeapLimit::HeapLimit(v8::Isolate* isolate) : isolate_(isolate) {
  isolate_->AddNearHeapLimitCallback(onNearLimit, this);
}

HeapLimit::~HeapLimit() { isolate_->RemoveNearHeapLimitCallback(onNearLimit, 0); }

size_t HeapLimit::onNearLimit(void* self, size_t currentLimit, size_t) {
  auto& limit = *static_cast<HeapLimit*>(self);
  if (limit.reached_) return currentLimit;
  limit.reached_ = true;
  limit.isolate_->TerminateExecution();
  return currentLimit + kHeapGraceBytes;
}

}  // namespace nano
