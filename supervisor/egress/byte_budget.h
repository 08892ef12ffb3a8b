#pragma once

#include <cstddef>

namespace nano {

// Memory that several may use together, up to a limit. One thread.
class ByteBudget final {
 public:
  explicit ByteBudget(size_t most) : most_(most) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  bool hasRoomFor(size_t bytes) const { return bytes <= most_ && taken_ <= most_ - bytes; }
  // Whoever takes has asked, and gives back.
  void take(size_t bytes) { taken_ += bytes; }
  void give(size_t bytes) { taken_ -= bytes; }

  size_t taken() const { return taken_; }

 private:
  const size_t most_;
  size_t taken_ = 0;
};

}  // namespace nano
