#include "supervisor/cron/cron_trigger.h"

#include <algorithm>
#include <string_view>
#include <variant>

#include "supervisor/app_names.h"
#include "supervisor/cron/cron_expression.h"

namespace nano {

namespace {

// What two ways to write the same fields come to: one space between them, and names in capitals.
std::string canonical(std::string_view cron) {
  std::string text;
  for (char c : cron) {
    const bool isSpace = c == ' ' || c == '\t';
    if (isSpace && (text.empty() || text.back() == ' ')) continue;
    text += isSpace ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

bool isSame(std::string_view one, std::string_view other) {
  return canonical(one) == canonical(other);
}

}  // namespace

std::optional<std::string> cronsProblem(std::span<const std::string> crons) {
  if (crons.size() > kMaxCrons) {
    return "there are " + std::to_string(crons.size()) + " cron triggers, more than the " +
           std::to_string(kMaxCrons) + " an app may have";
  }
  for (auto cron = crons.begin(); cron != crons.end(); ++cron) {
    auto parsed = CronExpression::parse(*cron);
    if (auto* problem = std::get_if<std::string>(&parsed)) return *problem;
    auto before =
        std::find_if(crons.begin(), cron, [cron](auto& other) { return isSame(other, *cron); });
    if (before == cron) continue;
    return "the cron expression " + inQuotes(*cron) + " is there twice" +
           (*before == *cron ? "" : ", the other time as " + inQuotes(*before));
  }
  return std::nullopt;
}

std::vector<CronTrigger> replacedTriggers(std::span<const CronTrigger> before,
                                          std::span<const std::string> crons, int64_t nowMillis) {
  std::vector<CronTrigger> triggers;
  for (const std::string& cron : crons) {
    auto same = std::find_if(before.begin(), before.end(), [&cron](const CronTrigger& other) {
      return isSame(other.cron, cron);
    });
    triggers.push_back({cron, same == before.end() ? nowMillis : same->createdMillis});
  }
  return triggers;
}

std::vector<std::string> cronsOf(std::span<const CronTrigger> triggers) {
  std::vector<std::string> crons;
  for (const CronTrigger& trigger : triggers)
    crons.push_back(trigger.cron);
  return crons;
}

}  // namespace nano
