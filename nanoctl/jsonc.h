#pragma once

#include <string>
#include <string_view>

namespace nano {

// JSON with comments and trailing commas, as wrangler.jsonc is written, made plain: both become
// spaces, so that a position in the result is the position in `text`.
std::string withoutComments(std::string_view text);

}  // namespace nano
