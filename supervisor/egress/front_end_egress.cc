#include "supervisor/egress/front_end_egress.h"

#include <utility>

namespace nano {

FrontEndEgress::FrontEndEgress(const EgressSetup& setup, Surroundings surroundings)
    : setup_(setup),
      around_(std::move(surroundings)),
      resolver_(around_.loop, setup.dns),
      connector_({around_.loop.base(), around_.loop.timer(), resolver_, setup.tls}),
      localApps_({around_.loop.timer(), around_.dispatcher, around_.counters, around_.router,
                  [&setup](uint16_t port) { return setup.servedPorts->has(port); }}) {}

kj::Own<Fetcher> FrontEndEgress::openNetwork(const Version& version) {
  return kj::heap<NetworkFetcher>(
      NetworkFetcher::Shared{around_.loop, resolver_, setup_.network, around_.counters.network},
      version->egress);
}

kj::Own<ServedHosts> FrontEndEgress::openHosts(const Version& version) {
  return kj::heap<HostFetcher>(localApps_, version->tenant);
}

kj::Own<Fetcher> FrontEndEgress::openService(const Version& version, std::string_view binding) {
  for (const AppBinding& bound : version->env) {
    if (bound.kind != AppBinding::Kind::kService || bound.name != binding) continue;
    return kj::heap<ServiceFetcher>(localApps_, version->tenant, bound.value);
  }
  return nullptr;
}

kj::Promise<SocketOutcome> FrontEndEgress::connect(const Version& version, Destination destination,
                                                   AppSockets& sockets) {
  return connector_.connect(version->egress, std::move(destination), sockets);
}

}  // namespace nano
