#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "protocol/event_loop.h"
#include "supervisor/counters.h"
#include "supervisor/egress/by_tenant.h"
#include "supervisor/egress/dns_resolver.h"
#include "supervisor/egress/egress_setup.h"
#include "supervisor/egress/egress_ways.h"
#include "supervisor/egress/local_fetcher.h"
#include "supervisor/egress/tcp_connector.h"
#include "supervisor/egress/tenant_traffic.h"

namespace nano {

// The ways out of one front end's apps: its resolver, its connector, and the apps of this server.
// One thread, that of the front end.
class FrontEndEgress final : public EgressWays {
 public:
  // `setup`, `loop` and what `local` refers to outlive this; the dispatcher may be made after it.
  FrontEndEgress(EventLoop& loop, const EgressSetup& setup, LocalFetcher::Parts local);
  KJ_DISALLOW_COPY(FrontEndEgress);

  kj::Own<Fetcher> openNetwork(const AppVersion& caller) override;
  std::optional<Neighbour> servedBy(const AppVersion& caller,
                                    const Destination& destination) const override;
  kj::Promise<FetchOutcome> callHost(const AppVersion& caller, OutboundRequest request) override;
  kj::Maybe<kj::Promise<FetchOutcome>> callArrived(const AppVersion& caller,
                                                   OutboundRequest& request) override;
  kj::Promise<FetchOutcome> callService(const AppVersion& caller, std::string_view service,
                                        OutboundRequest request) override;
  kj::Promise<SocketOutcome> connect(const AppVersion& caller, Destination destination,
                                     AppSockets& sockets) override;

 private:
  EventLoop& loop_;
  const EgressSetup& setup_;
  NetworkCounters& counters_;
  LocalFetcher local_;
  ByTenant<TenantTraffic> traffic_;
  DnsResolver resolver_;
  TcpConnector connector_;
};

}  // namespace nano
