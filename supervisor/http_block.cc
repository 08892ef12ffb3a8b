#include "supervisor/http_block.h"

#include <utility>

namespace nano {

HttpBlock HttpBlockPool::take(size_t atLeast) {
  if (atLeast <= kBlockBytes && !spare_.empty()) {
    HttpBlock block = std::move(spare_.back());
    spare_.pop_back();
    return block;
  }
  size_t size = atLeast < kBlockBytes ? kBlockBytes : atLeast;
  return {std::make_unique_for_overwrite<char[]>(size), size};
}

void HttpBlockPool::giveBack(HttpBlock block) {
  if (block.size == kBlockBytes && spare_.size() < kMaxSpare) spare_.push_back(std::move(block));
}

}  // namespace nano
