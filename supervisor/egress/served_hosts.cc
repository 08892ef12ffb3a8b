#include "supervisor/egress/served_hosts.h"

namespace nano {
namespace {

using Scheme = Destination::Scheme;

bool isHttp(const Destination& destination) {
  return destination.scheme == Scheme::kHttp || destination.scheme == Scheme::kHttps;
}

// Hosts are served on nanod's own port, and on 80 and 443 by whatever stands in front of it; on the
// port of one app that app answers whatever the host.
bool isHostPort(const RequestRouter& router, const Destination& destination,
                const std::function<bool(uint16_t)>& listensOn) {
  uint16_t usual = destination.scheme == Scheme::kHttps ? 443 : 80;
  if (destination.port == usual) return true;
  return listensOn(destination.port) && !router.isAppsOwn(destination.port);
}

}  // namespace

std::optional<ServedHost> findServedHost(const RequestRouter& router, std::string_view tenant,
                                         const Destination& destination,
                                         const std::function<bool(uint16_t)>& listensOn) {
  if (!isHttp(destination) || !isHostPort(router, destination, listensOn)) return std::nullopt;
  const Route* route = router.findNamed(destination.host, destination.target);
  if (route == nullptr) return std::nullopt;
  if (route->version->tenant == tenant) return ServedHost{route, Neighbour::kOwnTenant};
  if (!destination.host.ends_with(".localhost")) return std::nullopt;
  return ServedHost{route, Neighbour::kOtherTenant};
}

}  // namespace nano
