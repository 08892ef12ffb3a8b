#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include <v8.h>

#include "snapshot/buffer_budget.h"

namespace nano {

// The memory of one isolate's ArrayBuffers of fixed size, on its budget. Past that Allocate returns
// null, V8 collects garbage and asks again, and then JavaScript sees a RangeError.
//
// Shared: a buffer's backing store holds the allocator until it is freed, which may be after the
// isolate, and on the collector's thread.
class CountingAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  explicit CountingAllocator(std::shared_ptr<BufferBudget> budget) : budget_(std::move(budget)) {}

  // A buffer is counted as no less: V8 keeps about as much beside it, outside its heap, and counts
  // nothing of that (measured: README.md).
  static constexpr size_t kLeastCharge = 256;

  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override;
  void Free(void* data, size_t length) override;

 private:
  static size_t charge(size_t length) { return std::max(length, kLeastCharge); }

  std::shared_ptr<BufferBudget> budget_;
};

}  // namespace nano
