#pragma once

#include <atomic>
#include <cstddef>

#include <v8.h>

namespace nano {

// The memory of one isolate's ArrayBuffers, with a budget: V8's heap limit does not count it
// (security 0.2). Past the budget Allocate returns null, and JavaScript sees a RangeError.
//
// Shared: a buffer's backing store holds the allocator until it is freed, which may be after the
// isolate, and on the collector's thread.
class CountingAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  explicit CountingAllocator(size_t budgetBytes) : budgetBytes_(budgetBytes) {}

  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override;
  void Free(void* data, size_t length) override;

  // For an isolate that was made before its app was known.
  void setBudget(size_t budgetBytes) { budgetBytes_.store(budgetBytes, std::memory_order_relaxed); }
  // Whether the last allocation did not fit.
  bool hasJustRefused() const { return refused_.load(std::memory_order_relaxed); }
  size_t usedBytes() const { return usedBytes_.load(std::memory_order_relaxed); }

 private:
  bool take(size_t length);

  std::atomic<size_t> budgetBytes_;
  std::atomic<size_t> usedBytes_{0};
  std::atomic<bool> refused_{false};
};

}  // namespace nano
