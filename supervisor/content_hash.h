#pragma once

#include <string>
#include <string_view>

namespace nano {

// SHA-256 of `bytes` as 64 lower-case hex digits.
std::string sha256Hex(std::string_view bytes);

}  // namespace nano
