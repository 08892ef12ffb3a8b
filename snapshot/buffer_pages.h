#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include <v8-platform.h>

#include "snapshot/buffer_budget.h"

namespace nano {

// V8's page allocator, with the pages of resizable ArrayBuffers and of WebAssembly memories counted
// on the budget of the isolate that runs: those pass its ArrayBuffer::Allocator by.
//
// They are known by how they are asked for: reserved without access on the thread that runs
// JavaScript, then opened from the front as they grow. V8's heap and code ask otherwise, and go
// through uncounted. Over the budget V8 collects garbage, asks again, and throws a RangeError.
//
// The stacks of WebAssembly.promising() are asked for in the same way, and opened behind a page
// that stays shut. Without one V8 ends the process. So wasm.js looks for room before each call, and
// who gets past that (converting the arguments runs the tenant's code, which may fill the budget)
// has the stack and is stopped. V8 lets go of a stack by decommitting its pages and forgets their
// address: here they are freed, or the process would lose a megabyte of addresses each time.
class BufferPages final : public v8::PageAllocator {
 public:
  // The calling thread is the one that will run JavaScript; `inner` outlives this.
  explicit BufferPages(v8::PageAllocator& inner) : inner_(inner), jsThread_(pthread_self()) {}

  // Who pays for what is reserved from here on; null: nobody, as nothing of a tenant runs.
  // Borrowed; on the thread that runs JavaScript.
  void setOwner(const std::shared_ptr<BufferBudget>* owner) { owner_ = owner; }

  size_t AllocatePageSize() override { return inner_.AllocatePageSize(); }
  size_t CommitPageSize() override { return inner_.CommitPageSize(); }
  void SetRandomMmapSeed(int64_t seed) override { inner_.SetRandomMmapSeed(seed); }
  void* GetRandomMmapAddr() override { return inner_.GetRandomMmapAddr(); }
  void* AllocatePages(void* address, size_t length, size_t alignment,
                      Permission permissions) override;
  bool ResizeAllocationAt(void* address, size_t oldLength, size_t newLength,
                          Permission permissions) override {
    return inner_.ResizeAllocationAt(address, oldLength, newLength, permissions);
  }
  bool FreePages(void* address, size_t length) override;
  bool ReleasePages(void* address, size_t length, size_t newLength) override {
    return inner_.ReleasePages(address, length, newLength);
  }
  bool SetPermissions(void* address, size_t length, Permission permissions) override;
  bool RecommitPages(void* address, size_t length, Permission permissions) override {
    return inner_.RecommitPages(address, length, permissions);
  }
  bool DiscardSystemPages(void* address, size_t size) override {
    return inner_.DiscardSystemPages(address, size);
  }
  bool DecommitPages(void* address, size_t size) override;
  bool SealPages(void* address, size_t length) override {
    return inner_.SealPages(address, length);
  }
  bool ReserveForSharedMemoryMapping(void* address, size_t size) override {
    return inner_.ReserveForSharedMemoryMapping(address, size);
  }
  std::unique_ptr<SharedMemory> AllocateSharedPages(size_t length, const void* original) override {
    return inner_.AllocateSharedPages(length, original);
  }
  bool CanAllocateSharedPages() override { return inner_.CanAllocateSharedPages(); }

 private:
  struct Region {
    size_t length = 0;
    // The end of what may be used, counted on the budget up to there.
    uintptr_t openEnd = 0;
    bool isStack = false;
    std::shared_ptr<BufferBudget> budget;
  };
  using Regions = std::map<uintptr_t, Region>;

  // The region that holds `address`, or the end. With mutex_ held.
  Regions::iterator find(uintptr_t address);
  bool open(uintptr_t start, Region& region, uintptr_t end, Permission permissions);
  // Gives back what the region holds. With mutex_ held.
  void forget(Regions::iterator found);

  v8::PageAllocator& inner_;
  const pthread_t jsThread_;
  const std::shared_ptr<BufferBudget>* owner_ = nullptr;
  // Buffers are freed on the collector's thread.
  std::mutex mutex_;
  Regions regions_;
  // Most processes never have one: then no lock is taken.
  std::atomic<size_t> count_{0};
};

}  // namespace nano
