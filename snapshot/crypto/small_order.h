#pragma once

#include <cstddef>
#include <span>

namespace nano {

// Whether 32 bytes are a point of edwards25519 whose order divides 8, in any of its encodings. A
// signature with one says nothing: the standard has it refused, and OpenSSL does not.
bool isOfSmallOrder(std::span<const std::byte> point);

}  // namespace nano
