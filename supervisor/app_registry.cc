#include "supervisor/app_registry.h"

#include <algorithm>

#include "supervisor/app_names.h"

namespace nano {
namespace {

// Declared routes and the app's own ones.
std::vector<RoutePattern> allRoutes(const AppVersion& version,
                                    const std::vector<RoutePattern>& declared) {
  std::vector<RoutePattern> routes = ownRoutes(version.tenant, version.app);
  routes.insert(routes.end(), declared.begin(), declared.end());
  return routes;
}

std::string nameOf(const AppVersion& version) {
  return "the app " + inQuotes(version.app) + " of tenant " + inQuotes(version.tenant);
}

}  // namespace

std::vector<RoutePattern> ownRoutes(const std::string& tenant, const std::string& app) {
  std::vector<RoutePattern> routes{{app + "." + tenant + ".localhost", false, ""}};
  if (tenant == kDefaultTenant) routes.push_back({app + ".localhost", false, ""});
  return routes;
}

std::optional<std::string> routeConflict(const std::vector<DeployedApp>& apps,
                                         const AppVersion& version,
                                         const AppRegistry::Target& target) {
  std::vector<RoutePattern> wanted = allRoutes(version, target.routes);
  for (const DeployedApp& other : apps) {
    if (other.version->tenant == version.tenant && other.version->app == version.app) continue;
    if (target.port != 0 && other.deployment.port == target.port) {
      return "port " + std::to_string(target.port) + " belongs to " + nameOf(*other.version) +
             ": choose another port, or delete that app";
    }
    for (const RoutePattern& taken : allRoutes(*other.version, other.deployment.routes)) {
      if (std::find(wanted.begin(), wanted.end(), taken) == wanted.end()) continue;
      return "the route " + inQuotes(taken.text()) + " belongs to " + nameOf(*other.version) +
             ": choose another host or path, or delete that app";
    }
  }
  return std::nullopt;
}

std::shared_ptr<const RequestRouter> routerFor(const std::vector<DeployedApp>& apps,
                                               UsageBook& usage) {
  std::vector<AppRoutes> routes;
  for (const DeployedApp& app : apps) {
    routes.push_back({app.version, usage.of(app.version->tenant, app.version->app),
                      allRoutes(*app.version, app.deployment.routes), app.deployment.port});
  }
  return std::make_shared<const RequestRouter>(routes);
}

}  // namespace nano
