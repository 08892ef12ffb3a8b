#pragma once

#include <cstddef>

#include <v8.h>

#include "snapshot/buffer_budget.h"

namespace nano {

// What an isolate gets beyond its heap limit to unwind in (security 3.2: once, by 16 MB).
inline constexpr size_t kHeapGraceBytes = 16 << 20;

// Stops an isolate's JavaScript when its heap is full.
//
// The limit is extended once so that the termination can unwind; V8 ends the process when that is
// used up as well. An isolate whose limit was reached is not used again.
class HeapLimit final {
 public:
  // `buffers` is what the isolate's buffers are counted on.
  HeapLimit(v8::Isolate* isolate, const BufferBudget& buffers);
  ~HeapLimit();  // Before the isolate is disposed of.
  HeapLimit(const HeapLimit&) = delete;
  HeapLimit& operator=(const HeapLimit&) = delete;

  // The same where the isolate has got more than its budget of buffers (snapshot/buffer_pages).
  bool reached() const { return reached_ || buffers_.isOverdrawn(); }

 private:
  bool isHeapFull(size_t currentLimit) const;
  static size_t onNearLimit(void* self, size_t currentLimit, size_t initialLimit);

  v8::Isolate* isolate_;
  const BufferBudget& buffers_;
  bool reached_ = false;
};

}  // namespace nano
