#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nano {

// The part of a sentence that says why `name` is no host name in the one form that is used inside
// nanod: lower case, labels of 1 to 63 of a-z, 0-9, '-' and '_', 253 bytes in all, no trailing dot.
// Names that the URL standard takes for IPv4 addresses are none.
std::optional<std::string> hostNameProblem(std::string_view name);

}  // namespace nano
