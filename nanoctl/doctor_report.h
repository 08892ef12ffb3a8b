#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "nanoctl/result.h"

namespace nano {

// What `nano-canary --report` printed, checked for what a reader of it relies on.
Result<nlohmann::json> parseDoctorReport(std::string_view text);

// Whether nanod could serve on this machine.
bool couldServe(const nlohmann::json& report);

// The report for a person: a line for each layer, what is missing with what to do about it, and a
// last line that says whether nanod could serve.
std::string describeReport(const nlohmann::json& report);

}  // namespace nano
