#pragma once

#include <memory>
#include <string_view>

#include "supervisor/egress/egress_ways.h"

namespace nano {

// The ways out of one front end's apps. One thread, that of the front end.
class FrontEndEgress final : public EgressWays {
 public:
  kj::Own<Fetcher> openNetwork(std::shared_ptr<const AppVersion> version) override;
  Fetcher* servedHere(const Destination& destination) override;
  kj::Promise<FetchOutcome> callService(const AppVersion& caller, std::string_view service,
                                        OutboundRequest request) override;
  kj::Promise<SocketOutcome> connect(std::shared_ptr<const AppVersion> version,
                                     Destination destination, kj::Own<void> place) override;
};

}  // namespace nano
