#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace nano {

// What nanod says of an app's limits (`result` of the control API) as lines for a person: a limit
// each, with its value, who said so and its meaning, and below them what holds for its process and
// its tenant.
std::string limitsTable(const nlohmann::json& result);

}  // namespace nano
