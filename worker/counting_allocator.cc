#include "worker/counting_allocator.h"

#include <cstdlib>

namespace nano {

void* CountingAllocator::Allocate(size_t length) {
  if (!take(length)) return nullptr;
  void* data = calloc(length, 1);
  if (data == nullptr) usedBytes_.fetch_sub(length, std::memory_order_relaxed);
  return data;
}

void* CountingAllocator::AllocateUninitialized(size_t length) {
  if (!take(length)) return nullptr;
  void* data = malloc(length);
  if (data == nullptr) usedBytes_.fetch_sub(length, std::memory_order_relaxed);
  return data;
}

void CountingAllocator::Free(void* data, size_t length) {
  free(data);
  usedBytes_.fetch_sub(length, std::memory_order_relaxed);
}

bool CountingAllocator::take(size_t length) {
  const size_t budget = budgetBytes_.load(std::memory_order_relaxed);
  size_t used = usedBytes_.load(std::memory_order_relaxed);
  bool fits = false;
  do {
    fits = length <= budget && used <= budget - length;
  } while (fits &&
           !usedBytes_.compare_exchange_weak(used, used + length, std::memory_order_relaxed));
  refused_.store(!fits, std::memory_order_relaxed);
  return fits;
}

}  // namespace nano
