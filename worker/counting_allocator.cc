#include "worker/counting_allocator.h"

#include <cstdlib>

namespace nano {

void* CountingAllocator::Allocate(size_t length) {
  if (!budget_->take(charge(length))) return nullptr;
  void* data = calloc(length, 1);
  if (data == nullptr) budget_->give(charge(length));
  return data;
}

void* CountingAllocator::AllocateUninitialized(size_t length) {
  if (!budget_->take(charge(length))) return nullptr;
  void* data = malloc(length);
  if (data == nullptr) budget_->give(charge(length));
  return data;
}

void CountingAllocator::Free(void* data, size_t length) {
  free(data);
  budget_->give(charge(length));
}

}  // namespace nano
