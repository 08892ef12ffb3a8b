#include "supervisor/service_bindings.h"

#include <algorithm>

#include "supervisor/app_names.h"

namespace nano {
namespace {

bool isAmong(const std::vector<DeployedApp>& apps, const std::string& tenant,
             const std::string& app) {
  return std::any_of(apps.begin(), apps.end(), [&tenant, &app](const DeployedApp& other) {
    return other.version->tenant == tenant && other.version->app == app;
  });
}

}  // namespace

std::optional<std::string> serviceProblem(const std::vector<DeployedApp>& apps,
                                          const AppVersion& version) {
  for (const AppBinding& binding : version.env) {
    if (binding.kind != AppBinding::Kind::kService || binding.value == version.app) continue;
    if (isAmong(apps, version.tenant, binding.value)) continue;
    // Cloudflare's words, and then what to do.
    return "Could not resolve service binding " + inQuotes(binding.name) + ": tenant " +
           inQuotes(version.tenant) + " has no app " + inQuotes(binding.value) +
           ". Deploy that app first, or correct the binding's 'service'";
  }
  return std::nullopt;
}

std::vector<std::string> lostServices(const std::vector<DeployedApp>& apps,
                                      const std::string& tenant, const std::string& app) {
  std::vector<std::string> notes;
  for (const DeployedApp& other : apps) {
    if (other.version->tenant != tenant || other.version->app == app) continue;
    for (const AppBinding& binding : other.version->env) {
      if (binding.kind != AppBinding::Kind::kService || binding.value != app) continue;
      notes.push_back("the app " + inQuotes(other.version->app) + " has the service binding " +
                      inQuotes(binding.name) +
                      " to it: what it fetches there fails until an app of that name is deployed");
    }
  }
  return notes;
}

}  // namespace nano
