// libFuzzer's entry, one program a target: NANO_FUZZ_TARGET is its function.

#include "tests/fuzz/fuzz_targets.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return nano::fuzz::NANO_FUZZ_TARGET({data, size});
}
