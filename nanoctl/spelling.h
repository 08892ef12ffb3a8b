#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nano {

// The one of `known` that `word` differs from by a slip or two; empty where there is none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace nano
