#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nano {

// Reads the body that wrangler sends to .../schedules: [{"cron": "*/5 * * * *"}, ...]. A string
// says what is wrong with it, or with one of its expressions.
std::variant<std::vector<std::string>, std::string> parseSchedules(std::string_view body);

}  // namespace nano
