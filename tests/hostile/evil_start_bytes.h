#pragma once

#include <cstddef>

namespace nano::test {

// At the end of the evil worker's shared object: the name of its start act, padded with zeros.
inline constexpr size_t kStartActBytes = 64;

}  // namespace nano::test
