#include "supervisor/compatibility/compatibility.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "supervisor/app_names.h"
#include "supervisor/compatibility/flag_table.h"

namespace nano {
namespace {

using Problem = std::optional<std::string>;

// A note is one line: more behaviours than these are counted, and docs/compatibility.md has them.
constexpr size_t kMaxListed = 2;

std::optional<int> digits(std::string_view text) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A day that there is, written as "2026-08-22".
bool isDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  auto year = digits(text.substr(0, 4));
  auto month = digits(text.substr(5, 2));
  auto day = digits(text.substr(8, 2));
  if (!year || !month || !day || *year < 2000 || *month < 0 || *day < 0) return false;
  return std::chrono::year_month_day(std::chrono::year(*year),
                                     std::chrono::month(static_cast<unsigned>(*month)),
                                     std::chrono::day(static_cast<unsigned>(*day)))
      .ok();
}

bool has(const Compatibility& wanted, std::string_view name) {
  return !name.empty() &&
         std::find(wanted.flags.begin(), wanted.flags.end(), name) != wanted.flags.end();
}

const CompatibilityFlag* findFlag(std::string_view name) {
  for (const CompatibilityFlag& flag : compatibilityFlagTable()) {
    if (flag.enable == name || (!name.empty() && flag.disable == name)) return &flag;
  }
  return nullptr;
}

// ISO dates compare as text.
bool isOnByDate(const CompatibilityFlag& flag, std::string_view date) {
  return !flag.date.empty() && flag.date <= date;
}

// workerd: the flag that nodejs_compat brings with it for dates from here on.
constexpr std::string_view kNodeCompatBringsTimers = "2026-02-10";

bool hasNodeTimers(const Compatibility& wanted) {
  const CompatibilityFlag& node = *findFlag("nodejs_compat");
  if (has(wanted, node.disable)) return false;
  if (wanted.date.empty()) return true;
  return wanted.date >= kNodeCompatBringsTimers &&
         (has(wanted, node.enable) || isOnByDate(node, wanted.date));
}

Problem flagProblem(const Compatibility& wanted, size_t index) {
  const std::string& name = wanted.flags[index];
  const CompatibilityFlag* flag = findFlag(name);
  if (flag == nullptr) {
    return "there is no compatibility flag " + inQuotes(name) +
           " (nano knows those of Workers up to " + std::string(kFlagsKnownUntil) +
           "; docs/compatibility.md lists them): remove it";
  }
  if (flag->treatment == FlagTreatment::kExperimental && name == flag->enable) {
    return "the compatibility flag " + inQuotes(name) +
           " is experimental, and nano has nothing of what it switches on: remove it";
  }
  if (std::find(wanted.flags.begin(), wanted.flags.begin() + static_cast<ptrdiff_t>(index), name) !=
      wanted.flags.begin() + static_cast<ptrdiff_t>(index)) {
    return "the compatibility flag " + inQuotes(name) + " is there twice";
  }
  if (has(wanted, flag->enable) && has(wanted, flag->disable)) {
    return "the compatibility flags " + inQuotes(flag->enable) + " and " + inQuotes(flag->disable) +
           " contradict each other: remove one";
  }
  return std::nullopt;
}

std::string noteOf(const Compatibility& wanted, const std::string& name) {
  const CompatibilityFlag& flag = *findFlag(name);
  const bool enables = flag.enable == name;
  if (flag.treatment == FlagTreatment::kAbsent) {
    return "the compatibility flag " + inQuotes(name) + " has no effect on nano";
  }
  if (flag.treatment == FlagTreatment::kPartly) {
    return "the compatibility flag " + inQuotes(name) +
           " changes nothing: nano always has a part of " + inQuotes(flag.enable) +
           " (docs/compatibility.md says which)";
  }
  if (flag.treatment == FlagTreatment::kAsNano && !enables) {
    return "the compatibility flag " + inQuotes(name) +
           " has no effect: nano always behaves as with " + inQuotes(flag.enable);
  }
  if (enables && isOnByDate(flag, wanted.date)) {
    return "the compatibility flag " + inQuotes(name) + " is the default from " +
           std::string(flag.date) + " on and need not be named";
  }
  return {};
}

// The behaviours of before that an app with an old date gets all the same.
// Of what is no date.
constexpr size_t kMaxShownDate = 32;

// developers.cloudflare.com, compatibility flags: nodejs_compat is v2 for dates from here on.
constexpr std::string_view kNodeCompatImpliesV2 = "2024-09-23";

std::string laterBehaviours(const Compatibility& wanted) {
  std::string names;
  size_t count = 0;
  for (const CompatibilityFlag& flag : compatibilityFlagTable()) {
    if (flag.treatment != FlagTreatment::kAsNano || flag.date.empty()) continue;
    if (isOnByDate(flag, wanted.date) || has(wanted, flag.enable) || has(wanted, flag.disable)) {
      continue;
    }
    // The one flag that another implies, from a date on.
    if (flag.enable == "nodejs_compat_v2" && wanted.date >= kNodeCompatImpliesV2 &&
        has(wanted, "nodejs_compat")) {
      continue;
    }
    if (++count <= kMaxListed) names.append(names.empty() ? "" : " and ").append(flag.enable);
  }
  return count > kMaxListed ? std::to_string(count) + " ways" : names;
}

}  // namespace

std::optional<std::string> compatibilityProblem(const Compatibility& wanted,
                                                std::string_view today) {
  if (!wanted.date.empty() && !isDate(wanted.date)) {
    return "'compatibility_date' is not a date like \"2025-11-22\": " +
           std::string(wanted.date.substr(0, kMaxShownDate));
  }
  if (wanted.date > today) {
    return "'compatibility_date' " + std::string(wanted.date) + " is in the future: today is " +
           std::string(today) + " (UTC)";
  }
  for (size_t i = 0; i < wanted.flags.size(); ++i) {
    if (auto problem = flagProblem(wanted, i)) return "'compatibility_flags': " + *problem;
  }
  return std::nullopt;
}

std::vector<std::string> compatibilityNotes(const Compatibility& wanted) {
  std::vector<std::string> notes;
  for (const std::string& name : wanted.flags) {
    std::string note = noteOf(wanted, name);
    if (!note.empty()) notes.push_back(std::move(note));
  }
  if (wanted.date.empty()) return notes;
  if (wanted.date > kFlagsKnownUntil) {
    notes.push_back("compatibility_date " + std::string(wanted.date) +
                    ": this nano knows what changed in Workers up to " +
                    std::string(kFlagsKnownUntil));
  }
  std::string later = laterBehaviours(wanted);
  if (!later.empty()) {
    notes.push_back("compatibility_date " + std::string(wanted.date) +
                    ": nano behaves as Workers of later dates in " + later +
                    " (docs/compatibility.md)");
  }
  return notes;
}

std::vector<std::string> honouredFlags(const Compatibility& wanted) {
  std::vector<std::string> on;
  for (const CompatibilityFlag& flag : compatibilityFlagTable()) {
    const bool isHonoured = flag.treatment == FlagTreatment::kHonoured;
    if (!isHonoured && flag.treatment != FlagTreatment::kHonouredWithDate) continue;
    bool isOn =
        wanted.date.empty() ? isHonoured && !flag.date.empty() : isOnByDate(flag, wanted.date);
    if (flag.enable == "enable_nodejs_global_timers") isOn = hasNodeTimers(wanted);
    if (has(wanted, flag.enable)) isOn = true;
    if (has(wanted, flag.disable)) isOn = false;
    if (isOn) on.emplace_back(flag.enable);
  }
  return on;
}

std::string todaysDate() {
  const std::chrono::year_month_day date(
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  char text[32];
  snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
           static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

}  // namespace nano
