#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "supervisor/cron/cron_trigger.h"
#include "supervisor/route_pattern.h"

namespace nano {

// What deployment.json says: which version of an app is live and how it is reached.
struct Deployment {
  std::string versionId;
  std::vector<RoutePattern>
      routes;                  // As declared; the app's own localhost names are not among them.
  uint16_t port = 0;           // The app's own; 0: none.
  int64_t deployedMillis = 0;  // Since 1970, UTC.
  std::vector<CronTrigger> triggers;
  // The versions that were live before this one, latest first, each once.
  std::vector<std::string> previous;
};

inline constexpr size_t kMaxDeploymentBytes = 256 << 10;
// Routes of one app. Ours: a table an operator can still read.
inline constexpr size_t kMaxRoutes = 100;

std::string deploymentText(const Deployment& deployment);
// A string says what is wrong with it.
std::variant<Deployment, std::string> parseDeployment(std::string_view text);

}  // namespace nano
