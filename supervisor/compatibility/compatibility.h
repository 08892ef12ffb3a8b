#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nano {

// What an app says about which of Workers' behaviours it was written for.
struct Compatibility {
  std::string_view date;  // "2026-08-22"; empty: none.
  std::span<const std::string> flags;
};

// Why that is refused, as workerd and Cloudflare refuse it: no date, one after `today`, a flag that
// there is not, is experimental or is there twice, two flags against each other.
std::optional<std::string> compatibilityProblem(const Compatibility& wanted,
                                                std::string_view today);

// What it says that nano does otherwise, each a sentence. `wanted` has no problem.
std::vector<std::string> compatibilityNotes(const Compatibility& wanted);

// Of the flags that nano honours those that are on, by their enabling names: what a worker is told.
// Knows nothing of whether the rest is right.
std::vector<std::string> honouredFlags(const Compatibility& wanted);

// "2026-08-22", in UTC.
std::string todaysDate();

}  // namespace nano
