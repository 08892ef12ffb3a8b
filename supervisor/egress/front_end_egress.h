#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "protocol/event_loop.h"
#include "supervisor/counters.h"
#include "supervisor/dispatcher.h"
#include "supervisor/egress/dns_resolver.h"
#include "supervisor/egress/egress_setup.h"
#include "supervisor/egress/egress_ways.h"
#include "supervisor/egress/local_fetcher.h"
#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/tcp_connector.h"

namespace nano {

// The ways out of one front end's apps: its resolver, its connector, and the apps of this server.
// One thread, that of the front end.
class FrontEndEgress final : public EgressWays {
 public:
  struct Surroundings {
    EventLoop& loop;
    Dispatcher& dispatcher;
    Counters& counters;
    // The routing table of now, null before there is one.
    std::function<std::shared_ptr<const RequestRouter>()> router;
  };
  // `setup` and what `surroundings` refer to outlive this; the latter may be made after it.
  FrontEndEgress(const EgressSetup& setup, Surroundings surroundings);
  KJ_DISALLOW_COPY(FrontEndEgress);

  kj::Own<Fetcher> openNetwork(const Version& version) override;
  kj::Own<ServedHosts> openHosts(const Version& version) override;
  kj::Own<Fetcher> openService(const Version& version, std::string_view binding) override;
  kj::Promise<SocketOutcome> connect(const Version& version, Destination destination,
                                     AppSockets& sockets) override;

 private:
  const EgressSetup& setup_;
  Surroundings around_;
  DnsResolver resolver_;
  TcpConnector connector_;
  LocalApps localApps_;
};

}  // namespace nano
