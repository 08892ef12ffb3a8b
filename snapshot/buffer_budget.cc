#include "snapshot/buffer_budget.h"

namespace nano {

bool BufferBudget::take(size_t bytes) {
  const size_t budget = budgetBytes_.load(std::memory_order_relaxed);
  size_t used = usedBytes_.load(std::memory_order_relaxed);
  bool fits = false;
  do {
    fits = bytes <= budget && used <= budget - bytes;
  } while (fits &&
           !usedBytes_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  refused_.store(!fits, std::memory_order_relaxed);
  return fits;
}

bool BufferBudget::reserve(size_t bytes) {
  // Added before it is compared: only one thread reserves, others give back.
  const size_t reserved = reservedBytes_.fetch_add(bytes, std::memory_order_relaxed);
  const size_t regions = reservedRegions_.fetch_add(1, std::memory_order_relaxed);
  if (bytes <= kMaxReservedBytes && reserved <= kMaxReservedBytes - bytes &&
      regions < kMaxReservedRegions) {
    return true;
  }
  unreserve(bytes);
  refuse();
  return false;
}

void BufferBudget::unreserve(size_t bytes) {
  reservedBytes_.fetch_sub(bytes, std::memory_order_relaxed);
  reservedRegions_.fetch_sub(1, std::memory_order_relaxed);
}

bool BufferBudget::hasRoomForStack() const {
  const size_t budget = budgetBytes_.load(std::memory_order_relaxed);
  const size_t used = usedBytes_.load(std::memory_order_relaxed);
  return kStackRegionBytes <= budget && used <= budget - kStackRegionBytes &&
         reservedBytes_.load(std::memory_order_relaxed) <= kMaxReservedBytes - kStackRegionBytes &&
         reservedRegions_.load(std::memory_order_relaxed) < kMaxReservedRegions;
}

void BufferBudget::takeForStack(size_t bytes) {
  usedBytes_.fetch_add(bytes, std::memory_order_relaxed);
  overdrawn_.store(true, std::memory_order_relaxed);
}

void BufferBudget::reserveForStack(size_t bytes) {
  reservedBytes_.fetch_add(bytes, std::memory_order_relaxed);
  reservedRegions_.fetch_add(1, std::memory_order_relaxed);
  overdrawn_.store(true, std::memory_order_relaxed);
}

void BufferBudget::refuseStack() {
  stackRefused_ = true;
  refuse();
}

bool BufferBudget::takeRefusal() {
  return hasJustRefused() && refused_.exchange(false, std::memory_order_relaxed);
}

bool BufferShare::add(const std::shared_ptr<BufferBudget>& budget, size_t bytes) {
  if (!budget->take(bytes)) return false;
  budget_ = budget;
  bytes_ += bytes;
  return true;
}

void BufferShare::reset() {
  if (budget_ != nullptr) budget_->give(bytes_);
  budget_ = nullptr;
  bytes_ = 0;
}

}  // namespace nano
