#pragma once

#include <cstdlib>

namespace nano::test {

// While it lives, programs are started with this library before all others.
class Preloaded final {
 public:
  explicit Preloaded(const char* library) {
    setenv("LD_PRELOAD", library, 1);
    // A sanitizer's runtime wants to come first, and does without.
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
  }
  ~Preloaded() {
    unsetenv("LD_PRELOAD");
    unsetenv("ASAN_OPTIONS");
  }
  Preloaded(const Preloaded&) = delete;
  Preloaded& operator=(const Preloaded&) = delete;
};

}  // namespace nano::test
