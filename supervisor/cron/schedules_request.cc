#include "supervisor/cron/schedules_request.h"

#include "supervisor/bounded_json.h"
#include "supervisor/cron/cron_trigger.h"

namespace nano {

std::variant<std::vector<std::string>, std::string> parseSchedules(std::string_view body) {
  constexpr size_t kMaxBytes = 256 << 10;
  if (body.size() > kMaxBytes) return "the schedules are larger than 256 KiB";
  auto json = parseBoundedJson(body);
  if (!json || !json->is_array()) {
    return "the schedules are not a list like [{\"cron\": \"*/5 * * * *\"}]";
  }
  std::vector<std::string> crons;
  for (const auto& item : *json) {
    auto cron = item.is_object() ? stringMember(item, "cron") : std::nullopt;
    if (!cron) return "one of the schedules has no 'cron', or it is not a string";
    crons.push_back(*cron);
  }
  if (auto problem = cronsProblem(crons)) return *problem;
  return crons;
}

}  // namespace nano
