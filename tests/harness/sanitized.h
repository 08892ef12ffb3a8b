#pragma once

#include <cstddef>

namespace nano::test {

// What AddressSanitizer makes a process keep of what it has freed (its quarantine of 256 MB, and
// what lies between): a process that is to be as small as before may be larger by as much.
#ifdef __SANITIZE_ADDRESS__
inline constexpr size_t kKeptBySanitizer = size_t{400} << 20;
#else
inline constexpr size_t kKeptBySanitizer = 0;
#endif

}  // namespace nano::test
