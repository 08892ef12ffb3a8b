#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace nano {

// What nanod says of a destination (`result` of the control API) as lines for a person: whether it
// is allowed, and by which rule for its name and for each address.
std::string egressTable(const nlohmann::json& result);

}  // namespace nano
