#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nano {

// A field value of the form "value; name=token; name=\"quoted\"" (RFC 9110 5.6.6).
struct HeaderParameters {
  std::string value;                                            // Lower case.
  std::vector<std::pair<std::string, std::string>> parameters;  // Names in lower case, each once.

  // Null when it is not there.
  const std::string* find(std::string_view name) const;
};

// Nothing when the field is not of that form, or names a parameter twice.
std::optional<HeaderParameters> parseHeaderParameters(std::string_view field);

}  // namespace nano
