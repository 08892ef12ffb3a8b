#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace nano {

// Parses JSON from outside. Nothing when it is not JSON or nests deeper than 64: what walks or
// writes a value later is recursive. Bounded in size by the caller.
std::optional<nlohmann::json> parseBoundedJson(std::string_view text);

// As one line. Bytes that are not UTF-8 become U+FFFD.
std::string jsonLine(const nlohmann::json& value);

// The member `key` if it is a string; nothing otherwise.
std::optional<std::string> stringMember(const nlohmann::json& object, std::string_view key);

// The member `key` if it is a whole number from 0 to `max`; nothing otherwise.
std::optional<uint64_t> numberMember(const nlohmann::json& object, std::string_view key,
                                     uint64_t max);

}  // namespace nano
