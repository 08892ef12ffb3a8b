#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <nlohmann/json_fwd.hpp>

#include "supervisor/egress/egress_rules.h"
#include "supervisor/located_json.h"

namespace nano {

enum class EgressAuthor : uint8_t { kOperator, kApp };

// Rules are looked at for every fetch: this many, and this many entries in each of their lists.
inline constexpr size_t kMaxOperatorEgressRules = 1000;
inline constexpr size_t kMaxAppEgressRules = 100;
inline constexpr size_t kMaxEgressRuleEntries = 32;

// What is wrong, beginning with the key it is wrong at: "egress.rules[0].allow.ports must be ...".
struct EgressSettingsProblem {
  size_t line = 0;
  std::string what;
};

// Reads the value of a key `egress`, which is at `where`, as docs/egress.md describes it.
std::variant<EgressSettings, EgressSettingsProblem> readEgressSettings(const LocatedJson& json,
                                                                       const std::string& where,
                                                                       EgressAuthor author);
// The same of JSON that comes from no file.
std::variant<EgressSettings, std::string> readAppEgress(const nlohmann::json& json,
                                                        const std::string& where);
// What an app may say, in the one form that is read as the same.
nlohmann::json appEgressJson(const EgressSettings& settings);

}  // namespace nano
