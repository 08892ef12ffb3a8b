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
