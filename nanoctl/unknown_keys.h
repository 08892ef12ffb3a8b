#pragma once

#include <string>
#include <string_view>

namespace nano {

// What is said of a key of a wrangler file that nano does not honour: what to do instead, or which
// key was meant.
std::string unknownWranglerKey(std::string_view key);
// The same for nano.jsonc.
std::string unknownNanoKey(std::string_view key);

}  // namespace nano
