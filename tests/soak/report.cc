#include "tests/soak/report.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <ostream>
#include <string>

namespace nano::soak {

namespace {

constexpr size_t kMostViolationsShown = 20;

const char* roleName(Role role) {
  switch (role) {
    case Role::kCalm:
      return "calm";
    case Role::kStruck:
      return "struck";
    case Role::kHostile:
      return "hostile";
  }
  return "unknown";
}

std::string resultOf(const Answer& answer) {
  switch (answer.ending) {
    case Ending::kWhole:
      return std::to_string(answer.status);
    case Ending::kBrokenOff:
      return answer.status == 0 ? "closed without an answer" : "broken off";
    case Ending::kAborted:
      return "left by the client";
    case Ending::kTimedOut:
      return "timed out";
    case Ending::kMalformed:
      return "malformed";
  }
  return "unknown";
}

// p50, p99 and maximum, in milliseconds.
std::string percentiles(std::vector<Micros>& values) {
  if (values.empty()) return "";
  std::sort(values.begin(), values.end());
  auto at = [&values](size_t percent) {
    return static_cast<double>(values[(values.size() - 1) * percent / 100]) / 1000;
  };
  char text[100];
  std::snprintf(text, sizeof text, "p50 %.1f  p99 %.1f  max %.1f ms", at(50), at(99), at(100));
  return text;
}

void printRow(std::ostream& out, const std::string& name, size_t count, const std::string& more) {
  char line[200];
  std::snprintf(line, sizeof line, "  %-36s %9zu  %s\n", name.c_str(), count, more.c_str());
  out << line;
}

void printAnswers(std::ostream& out, const World& world, const History& history, Role role) {
  std::vector<bool> isOurs(world.apps.size());
  for (auto& tenant : world.tenants) {
    for (AppIndex app : tenant.apps)
      isOurs[app] = tenant.role == role;
  }
  std::map<std::string, std::vector<Micros>> times;
  for (auto& answer : history.answers) {
    if (isOurs[answer.app]) times[resultOf(answer)].push_back(answer.end - answer.start);
  }
  out << "requests to " << roleName(role) << " tenants\n";
  for (auto& [result, values] : times)
    printRow(out, result, values.size(), percentiles(values));
}

}  // namespace

void printHistory(std::ostream& out, const World& world, const History& history) {
  for (Role role : {Role::kCalm, Role::kStruck, Role::kHostile})
    printAnswers(out, world, history, role);
  out << "faults, each until its cordon answers again\n";
  std::map<std::string, std::vector<Micros>> faults;
  for (auto& fault : history.faults)
    faults[fault.kind].push_back(fault.end - fault.start);
  for (auto& [kind, values] : faults)
    printRow(out, kind, values.size(), percentiles(values));
  out << "deploys\n";
  std::map<Deploy::Result, std::vector<Micros>> deploys;
  for (auto& deploy : history.deploys)
    deploys[deploy.result].push_back(deploy.end - deploy.start);
  for (auto& [result, values] : deploys)
    printRow(out, result == Deploy::Result::kOk ? "ok" : "refused", values.size(),
             percentiles(values));
}

void printVitals(std::ostream& out, const VitalsSeries& vitals) {
  out << "nanod                                  RSS KB       fds   workers   zombies\n";
  auto row = [&out](const char* name, const Vitals& at) {
    char line[200];
    std::snprintf(line, sizeof line, "  %-34s %8zu  %8zu  %8zu  %8zu\n", name, at.rssKilobytes,
                  at.descriptors, at.workers, at.zombies);
    out << line;
  };
  row("before the first request", vitals.blank);
  row("after the first tenth", vitals.baseline);
  row("at the end", vitals.end);
}

void printVerdicts(std::ostream& out, const std::vector<Violation>& violations) {
  for (Promise promise : kPromises) {
    auto isOf = [promise](const Violation& violation) { return violation.promise == promise; };
    auto count = static_cast<size_t>(std::count_if(violations.begin(), violations.end(), isOf));
    char line[200];
    std::snprintf(line, sizeof line, "%-76s %s\n", promiseName(promise),
                  count == 0 ? "ok" : "FAILED");
    out << line;
    size_t shown = 0;
    for (auto& violation : violations) {
      if (isOf(violation) && shown++ < kMostViolationsShown) out << "  " << violation.what << "\n";
    }
    if (count > kMostViolationsShown) out << "  and " << count - kMostViolationsShown << " more\n";
  }
}

}  // namespace nano::soak
