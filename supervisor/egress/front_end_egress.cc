#include "supervisor/egress/front_end_egress.h"

#include <utility>

#include "supervisor/egress/app_resolver.h"
#include "supervisor/egress/network_fetcher.h"

namespace nano {

FrontEndEgress::FrontEndEgress(EventLoop& loop, const EgressSetup& setup, LocalFetcher::Parts local)
    : loop_(loop),
      setup_(setup),
      counters_(local.counters.network),
      local_(std::move(local)),
      resolver_(loop, setup.dns),
      connector_({loop.base(), loop.timer(), setup.tls}) {}

kj::Own<Fetcher> FrontEndEgress::openNetwork(const AppVersion& caller) {
  auto resolver = kj::heap<AppResolver>(resolver_, caller);
  NetworkFetcher::Shared shared{loop_, *resolver, setup_.network, counters_,
                                traffic_.of(caller.tenant)};
  return kj::heap<NetworkFetcher>(shared, caller.egress).attach(kj::mv(resolver));
}

std::optional<Neighbour> FrontEndEgress::servedBy(const AppVersion& caller,
                                                  const Destination& destination) const {
  return local_.servedBy(caller, destination);
}

kj::Promise<FetchOutcome> FrontEndEgress::callHost(const AppVersion& caller,
                                                   OutboundRequest request) {
  return local_.fetchHost(caller, std::move(request));
}

kj::Maybe<kj::Promise<FetchOutcome>> FrontEndEgress::callArrived(const AppVersion& caller,
                                                                 OutboundRequest& request) {
  return local_.fetchArrived(caller, request);
}

kj::Promise<FetchOutcome> FrontEndEgress::callService(const AppVersion& caller,
                                                      std::string_view service,
                                                      OutboundRequest request) {
  return local_.fetchService(caller, service, std::move(request));
}

kj::Promise<SocketOutcome> FrontEndEgress::connect(const AppVersion& caller,
                                                   Destination destination, AppSockets& sockets) {
  auto resolver = kj::heap<AppResolver>(resolver_, caller);
  TcpConnector::Caller who{caller.egress, *resolver, sockets, traffic_.of(caller.tenant)};
  return connector_.connect(who, std::move(destination)).attach(kj::mv(resolver));
}

}  // namespace nano
