#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace nano {

// Address space that one isolate may reserve for buffers that can grow: 128 WebAssembly memories of
// 8 GiB each, their guard regions with them. Of the 128 TiB that there are.
inline constexpr size_t kMaxReservedBytes = size_t{1} << 40;
// And in how many pieces: an empty one costs no memory of its own, but the kernel gives a process
// 65530 mappings in all (vm.max_map_count), of which a piece takes two or three.
inline constexpr size_t kMaxReservedRegions = 1024;

// What V8 takes for a stack of its own, on which WebAssembly runs that may wait for a promise: the
// flag wasm-stack-switching-stack-size, and a page on either side that nobody may touch.
inline constexpr size_t kStackGuardBytes = 4096;
inline constexpr size_t kStackRegionBytes = size_t{984} * 1024 + 2 * kStackGuardBytes;

// What one isolate may hold outside V8's heap, whose limit does not count it (security 0.2): array
// buffers of every kind, WebAssembly memories, bodies on their way.
//
// Shared: memory may be given back after the isolate is gone, and on the collector's thread.
class BufferBudget final {
 public:
  explicit BufferBudget(size_t bytes) : budgetBytes_(bytes) {}

  // False, and nothing taken, where it does not fit.
  bool take(size_t bytes);
  void give(size_t bytes) { usedBytes_.fetch_sub(bytes, std::memory_order_relaxed); }

  // Address space, in one piece, for a buffer that can grow.
  bool reserve(size_t bytes);
  void unreserve(size_t bytes);

  // Room for one more stack of WebAssembly.promising(), which V8 takes with a fatal error or not at
  // all. What is there now: nothing is taken.
  bool hasRoomForStack() const;
  // For a stack that nobody looked for room for: V8 gets it, and the app is stopped.
  void takeForStack(size_t bytes);
  void reserveForStack(size_t bytes);
  bool isOverdrawn() const { return overdrawn_.load(std::memory_order_relaxed); }
  // How many stacks there are: of calls that wait, and some that V8 keeps to use again.
  size_t stacks() const { return stacks_.load(std::memory_order_relaxed); }
  void addStack() { stacks_.fetch_add(1, std::memory_order_relaxed); }
  void removeStack() { stacks_.fetch_sub(1, std::memory_order_relaxed); }
  // A call was told that there is no room.
  void refuseStack();
  bool hasRefusedStack() const { return stackRefused_; }
  void forgetStackRefusal() { stackRefused_ = false; }

  // Something was not given for another reason than these bytes.
  void refuse() { refused_.store(true, std::memory_order_relaxed); }

  // For an isolate that was made before its app was known.
  void resize(size_t bytes) { budgetBytes_.store(bytes, std::memory_order_relaxed); }
  // Whether the last one that took did not get it.
  bool hasJustRefused() const { return refused_.load(std::memory_order_relaxed); }
  // The same, and forgets it.
  bool takeRefusal();
  size_t bytes() const { return budgetBytes_.load(std::memory_order_relaxed); }
  size_t usedBytes() const { return usedBytes_.load(std::memory_order_relaxed); }

 private:
  std::atomic<size_t> budgetBytes_;
  std::atomic<size_t> usedBytes_{0};
  std::atomic<size_t> reservedBytes_{0};
  std::atomic<size_t> reservedRegions_{0};
  std::atomic<bool> refused_{false};
  std::atomic<bool> overdrawn_{false};
  std::atomic<size_t> stacks_{0};
  // Of the thread that runs JavaScript.
  bool stackRefused_ = false;
};

// Bytes of a budget that go back when this does.
class BufferShare final {
 public:
  BufferShare() = default;
  BufferShare(BufferShare&& other) noexcept
      : budget_(std::move(other.budget_)),
        bytes_(std::exchange(other.bytes_, 0)) {}
  BufferShare& operator=(BufferShare&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~BufferShare() { reset(); }

  // False, and unchanged, where `bytes` more do not fit.
  bool add(const std::shared_ptr<BufferBudget>& budget, size_t bytes);
  void reset();
  size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<BufferBudget> budget_;
  size_t bytes_ = 0;
};

}  // namespace nano
