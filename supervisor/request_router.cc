#include "supervisor/request_router.h"

#include <algorithm>
#include <optional>
#include <string>

#include "supervisor/request_path.h"

namespace nano {
namespace {

// The host of "host", "host:port", "[v6]:port", without a trailing dot.
std::string_view hostOf(std::string_view authority) {
  size_t from = 0;
  if (authority.starts_with('[')) {
    from = authority.find(']');
    if (from == std::string_view::npos) return {};
  }
  std::string_view host = authority.substr(0, authority.find(':', from));
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

// The path of a target that routes are compared with.
class RoutedPath final {
 public:
  explicit RoutedPath(std::string_view target)
      : asItCame_(target.substr(0, target.find('?'))),
        resolved_(resolveDotSegments(asItCame_)) {}
  std::string_view view() const { return resolved_ ? *resolved_ : asItCame_; }

 private:
  std::string_view asItCame_;
  std::optional<std::string> resolved_;
};

// Names have no '/' (nameProblem).
std::string appKey(std::string_view tenant, std::string_view app) {
  return std::string(tenant).append("/").append(app);
}

bool isBelow(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

}  // namespace

RequestRouter::RequestRouter(const std::vector<AppRoutes>& apps) {
  for (const AppRoutes& app : apps) {
    Route route{app.version, app.usage};
    versions_.insert(app.version.get());
    apps_.emplace(appKey(app.version->tenant, app.version->app), route);
    if (app.port != 0) routeCount_ += ports_.emplace(app.port, route).second ? 1 : 0;
    for (const RoutePattern& pattern : app.patterns) {
      HostRoutes& routes = (pattern.wildcard ? wildcard_ : exact_)[pattern.host];
      bool taken = std::any_of(routes.begin(), routes.end(), [&pattern](const PathRoute& other) {
        return other.path == pattern.path;
      });
      if (taken) continue;
      routes.push_back({pattern.path, route});
      ++routeCount_;
    }
  }
  for (Hosts* hosts : {&exact_, &wildcard_}) {
    for (auto& entry : *hosts) {
      std::sort(
          entry.second.begin(), entry.second.end(),
          [](const PathRoute& a, const PathRoute& b) { return a.path.size() > b.path.size(); });
    }
  }
}

const Route* RequestRouter::find(std::string_view authority, std::string_view target,
                                 uint16_t localPort) const {
  if (!ports_.empty() && localPort != 0) {
    auto own = ports_.find(localPort);
    if (own != ports_.end()) return &own->second;
  }
  const Route* named = findNamed(authority, target);
  if (named != nullptr || wildcard_.empty()) return named;
  return findIn(wildcard_, "", RoutedPath(target).view());
}

const Route* RequestRouter::findNamed(std::string_view authority, std::string_view target) const {
  std::string_view host = hostOf(authority);
  const RoutedPath routed(target);
  const std::string_view path = routed.view();
  if (const Route* route = findIn(exact_, host, path)) return route;
  if (wildcard_.empty()) return nullptr;
  for (size_t dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.')) {
    host.remove_prefix(dot + 1);
    if (host.empty()) break;
    if (const Route* route = findIn(wildcard_, host, path)) return route;
  }
  return nullptr;
}

const Route* RequestRouter::findApp(std::string_view tenant, std::string_view app) const {
  auto found = apps_.find(appKey(tenant, app));
  return found == apps_.end() ? nullptr : &found->second;
}

const Route* RequestRouter::findIn(const Hosts& hosts, std::string_view host,
                                   std::string_view path) {
  auto entry = hosts.find(host);
  if (entry == hosts.end()) return nullptr;
  for (const PathRoute& candidate : entry->second) {
    if (isBelow(path, candidate.path)) return &candidate.route;
  }
  return nullptr;
}

}  // namespace nano
