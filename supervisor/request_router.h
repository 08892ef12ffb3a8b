#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "supervisor/app_version.h"
#include "supervisor/route_pattern.h"
#include "supervisor/usage.h"

namespace nano {

struct Route {
  std::shared_ptr<const AppVersion> version;
  std::shared_ptr<AppUsage> usage;
};

// What one app is reachable by.
struct AppRoutes {
  std::shared_ptr<const AppVersion> version;
  std::shared_ptr<AppUsage> usage;
  std::vector<RoutePattern> patterns;
  uint16_t port = 0;  // The app's own; 0: none.
};

// Which app answers a request. Immutable: front ends share one and get a new one on deploy.
//
// A request that came in on an app's own port is that app's. Else the most specific pattern that
// matches wins: the exact host before wildcards, the longer wildcard before the shorter, and for
// one host the longest path. Where two apps claim the same, which the registry does not let happen,
// the first has it.
class RequestRouter final {
 public:
  explicit RequestRouter(const std::vector<AppRoutes>& apps);

  // `authority` in lower case, as RequestHead has it; its port does not matter. `target` may have a
  // query; it is its app's `request.url` that is compared, without dot segments. The result lives as
  // long as the router. Does not allocate, but for a target with dot segments.
  const Route* find(std::string_view authority, std::string_view target, uint16_t localPort) const;

  // As find(), for a name that is no port's: what would come in by this host on a port of all apps.
  // The route "*" does not count, which takes what nobody has named.
  const Route* findNamed(std::string_view authority, std::string_view target) const;

  // By the app's name. Like find(), but for the key it makes.
  const Route* findApp(std::string_view tenant, std::string_view app) const;

  // Whether this port is one app's own.
  bool isAppsOwn(uint16_t port) const { return ports_.contains(port); }

  // Whether any request can lead to this version.
  bool serves(const AppVersion& version) const { return versions_.contains(&version); }

  size_t routeCount() const { return routeCount_; }

 private:
  struct PathRoute {
    std::string path;
    Route route;
  };
  // Longest path first.
  using HostRoutes = std::vector<PathRoute>;
  struct HostHash {
    using is_transparent = void;
    size_t operator()(std::string_view host) const { return std::hash<std::string_view>()(host); }
  };
  using Hosts = std::unordered_map<std::string, HostRoutes, HostHash, std::equal_to<>>;

  static const Route* findIn(const Hosts& hosts, std::string_view host, std::string_view path);

  std::unordered_map<uint16_t, Route> ports_;
  Hosts exact_;
  Hosts wildcard_;                               // By what comes after "*."; "" is every host.
  std::unordered_map<std::string, Route> apps_;  // By TENANT/APP.
  std::unordered_set<const AppVersion*> versions_;
  size_t routeCount_ = 0;
};

}  // namespace nano
