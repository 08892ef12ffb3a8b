#include "supervisor/cron/cron_trigger.h"

#include <algorithm>
#include <variant>

#include "supervisor/app_names.h"
#include "supervisor/cron/cron_expression.h"

namespace nano {

std::optional<std::string> cronsProblem(std::span<const std::string> crons) {
  if (crons.size() > kMaxCrons) {
    return "there are " + std::to_string(crons.size()) + " cron triggers, more than the " +
           std::to_string(kMaxCrons) + " an app may have";
  }
  for (auto cron = crons.begin(); cron != crons.end(); ++cron) {
    auto parsed = CronExpression::parse(*cron);
    if (auto* problem = std::get_if<std::string>(&parsed)) return *problem;
    if (std::find(crons.begin(), cron, *cron) != cron) {
      return "the cron expression " + inQuotes(*cron) + " is there twice";
    }
  }
  return std::nullopt;
}

std::vector<CronTrigger> replacedTriggers(std::span<const CronTrigger> before,
                                          std::span<const std::string> crons, int64_t nowMillis) {
  std::vector<CronTrigger> triggers;
  for (const std::string& cron : crons) {
    auto same = std::find_if(before.begin(), before.end(),
                             [&cron](const CronTrigger& other) { return other.cron == cron; });
    triggers.push_back(same == before.end() ? CronTrigger{cron, nowMillis} : *same);
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
