#pragma once

#include <memory>
#include <string_view>

#include "supervisor/egress/egress_ways.h"
#include "supervisor/egress/local_fetcher.h"

namespace nano {

// The ways out of one front end's apps. One thread, that of the front end.
class FrontEndEgress final : public EgressWays {
 public:
  // What `local` refers to outlives this.
  explicit FrontEndEgress(LocalFetcher::Parts local) : local_(std::move(local)) {}

  kj::Own<Fetcher> openNetwork(std::shared_ptr<const AppVersion> version) override;
  bool isServedHere(const AppVersion& caller, const Destination& destination) const override;
  kj::Promise<FetchOutcome> callHost(const AppVersion& caller, OutboundRequest request) override;
  kj::Promise<FetchOutcome> callService(const AppVersion& caller, std::string_view service,
                                        OutboundRequest request) override;
  kj::Promise<SocketOutcome> connect(std::shared_ptr<const AppVersion> version,
                                     Destination destination, kj::Own<void> place) override;

 private:
  LocalFetcher local_;
};

}  // namespace nano
