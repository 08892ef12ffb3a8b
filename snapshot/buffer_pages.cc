#include "snapshot/buffer_pages.h"

#include <utility>

#include <v8-isolate.h>

namespace nano {
namespace {

// What has got a stack beyond its budget runs no further than to the next check of V8.
void stopJavaScript() {
  v8::Isolate* isolate = v8::Isolate::TryGetCurrent();
  if (isolate != nullptr) isolate->TerminateExecution();
}

}  // namespace

void* BufferPages::AllocatePages(void* address, size_t length, size_t alignment,
                                 Permission permissions) {
  const bool isBuffer = permissions == kNoAccess && pthread_equal(pthread_self(), jsThread_) != 0 &&
                        owner_ != nullptr;
  if (!isBuffer) return inner_.AllocatePages(address, length, alignment, permissions);
  if (!(*owner_)->reserve(length)) {
    // It may be a buffer of just this length, which then stops its app as well.
    if (length != kStackRegionBytes) return nullptr;
    (*owner_)->reserveForStack(length);
    stopJavaScript();
  }
  void* pages = inner_.AllocatePages(address, length, alignment, permissions);
  if (pages == nullptr) {
    (*owner_)->unreserve(length);
    (*owner_)->refuse();
    return nullptr;
  }
  const std::lock_guard lock(mutex_);
  const auto start = reinterpret_cast<uintptr_t>(pages);
  regions_[start] = {length, start, false, *owner_};
  count_.store(regions_.size(), std::memory_order_relaxed);
  return pages;
}

bool BufferPages::FreePages(void* address, size_t length) {
  if (count_.load(std::memory_order_relaxed) > 0) {
    const std::lock_guard lock(mutex_);
    auto found = regions_.find(reinterpret_cast<uintptr_t>(address));
    if (found != regions_.end()) {
      forget(found);
    }
  }
  return inner_.FreePages(address, length);
}

bool BufferPages::DecommitPages(void* address, size_t size) {
  if (count_.load(std::memory_order_relaxed) > 0) {
    const std::lock_guard lock(mutex_);
    auto found = regions_.find(reinterpret_cast<uintptr_t>(address));
    if (found != regions_.end() && found->second.isStack && size == found->second.length) {
      forget(found);
      return inner_.FreePages(address, size);
    }
  }
  return inner_.DecommitPages(address, size);
}

void BufferPages::forget(Regions::iterator found) {
  Region& region = found->second;
  region.budget->give(region.openEnd - found->first);
  region.budget->unreserve(region.length);
  if (region.isStack) region.budget->removeStack();
  regions_.erase(found);
  count_.store(regions_.size(), std::memory_order_relaxed);
}

bool BufferPages::SetPermissions(void* address, size_t length, Permission permissions) {
  if (count_.load(std::memory_order_relaxed) > 0) {
    const auto start = reinterpret_cast<uintptr_t>(address);
    const std::lock_guard lock(mutex_);
    auto found = find(start);
    if (found != regions_.end()) {
      Region& region = found->second;
      if (permissions != kNoAccess) return open(start, region, start + length, permissions);
      // A resizable buffer gives its tail back.
      if (start + length >= region.openEnd && start < region.openEnd) {
        region.budget->give(region.openEnd - start);
        region.openEnd = start;
      }
    }
  }
  return inner_.SetPermissions(address, length, permissions);
}

bool BufferPages::open(uintptr_t start, Region& region, uintptr_t end, Permission permissions) {
  const size_t more = end > region.openEnd ? end - region.openEnd : 0;
  const bool isStack =
      region.length == kStackRegionBytes && start == region.openEnd + kStackGuardBytes;
  if (more > 0 && !region.budget->take(more)) {
    if (!isStack) return false;
    region.budget->takeForStack(more);
    stopJavaScript();
  }
  if (!inner_.SetPermissions(reinterpret_cast<void*>(start), end - start, permissions)) {
    region.budget->give(more);
    return false;
  }
  region.openEnd += more;
  if (isStack && !region.isStack) {
    region.isStack = true;
    region.budget->addStack();
  }
  return true;
}

BufferPages::Regions::iterator BufferPages::find(uintptr_t address) {
  auto next = regions_.upper_bound(address);
  if (next == regions_.begin()) return regions_.end();
  auto candidate = std::prev(next);
  return address - candidate->first < candidate->second.length ? candidate : regions_.end();
}

}  // namespace nano
