#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace nano {

// Cloudflare's number for a paid account (developers.cloudflare.com/workers/platform/limits); here
// each app has it to itself.
inline constexpr size_t kMaxCrons = 250;

// When an app's scheduled() is called. Belongs to the app, not to a version of it.
struct CronTrigger {
  std::string cron;  // As the app wrote it: what controller.cron shows.
  int64_t createdMillis = 0;

  bool operator==(const CronTrigger&) const = default;
};

// Why these cannot be an app's triggers; nothing when they can.
std::optional<std::string> cronsProblem(std::span<const std::string> crons);

// `crons` as an app's triggers: those that are among `before` keep their time.
std::vector<CronTrigger> replacedTriggers(std::span<const CronTrigger> before,
                                          std::span<const std::string> crons, int64_t nowMillis);

std::vector<std::string> cronsOf(std::span<const CronTrigger> triggers);

}  // namespace nano
