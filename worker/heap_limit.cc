#include "worker/heap_limit.h"

namespace nano {

HeapLimit::HeapLimit(v8::Isolate* isolate, const BufferBudget& buffers)
    : isolate_(isolate),
      buffers_(buffers) {
  isolate_->AddNearHeapLimitCallback(onNearLimit, this);
}

HeapLimit::~HeapLimit() { isolate_->RemoveNearHeapLimitCallback(onNearLimit, 0); }

// V8 also calls back when it collects garbage as a last resort, as it does for an ArrayBuffer that
// does not fit: that is a RangeError and no reason to stop anybody.
bool HeapLimit::isHeapFull(size_t currentLimit) const {
  if (!buffers_.hasJustRefused()) return true;
  v8::HeapStatistics heap;
  isolate_->GetHeapStatistics(&heap);
  // 0.8: where V8 itself begins to speak of a heap near its limit.
  return heap.used_heap_size() >= currentLimit / 10 * 8;
}

size_t HeapLimit::onNearLimit(void* self, size_t currentLimit, size_t) {
  auto& limit = *static_cast<HeapLimit*>(self);
  if (limit.reached_ || !limit.isHeapFull(currentLimit)) return currentLimit;
  limit.reached_ = true;
  limit.isolate_->TerminateExecution();
  return currentLimit + kHeapGraceBytes;
}

}  // namespace nano
