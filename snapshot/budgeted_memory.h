#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>

#include "snapshot/buffer_budget.h"

namespace nano {

// malloc for a C library that works for an app, on the budget of the app's isolate. The functions
// are what such libraries ask for: `opaque` is a BudgetedMemory, null means there is none left.
class BudgetedMemory final {
 public:
  explicit BudgetedMemory(std::shared_ptr<BufferBudget> budget) : budget_(std::move(budget)) {}
  BudgetedMemory(const BudgetedMemory&) = delete;
  BudgetedMemory& operator=(const BudgetedMemory&) = delete;

  static void* allocate(void* opaque, size_t size) {
    auto& budget = *static_cast<BudgetedMemory*>(opaque)->budget_;
    const size_t whole = size + kHeadBytes;
    if (whole < size || !budget.take(whole)) return nullptr;
    void* block = malloc(whole);
    if (block == nullptr) {
      budget.give(whole);
      return nullptr;
    }
    *static_cast<size_t*>(block) = whole;
    return static_cast<std::byte*>(block) + kHeadBytes;
  }
  // Not on the budget, for a library that ends the process where it gets none.
  static void* allocateUncounted(size_t size) {
    const size_t whole = size + kHeadBytes;
    void* block = whole < size ? nullptr : malloc(whole);
    if (block == nullptr) return nullptr;
    *static_cast<size_t*>(block) = 0;
    return static_cast<std::byte*>(block) + kHeadBytes;
  }
  static void release(void* opaque, void* address) {
    if (address == nullptr) return;
    void* block = static_cast<std::byte*>(address) - kHeadBytes;
    static_cast<BudgetedMemory*>(opaque)->budget_->give(*static_cast<size_t*>(block));
    free(block);
  }

 private:
  // Keeps what is behind it aligned as malloc has it.
  static constexpr size_t kHeadBytes = alignof(std::max_align_t);

  const std::shared_ptr<BufferBudget> budget_;
};

}  // namespace nano
