#include "supervisor/egress/front_end_egress.h"

namespace nano {
namespace {

EgressError denied() {
  return {rpc::EgressFailure::Kind::DENIED, "this server lets no app reach the network"};
}

class NoNetwork final : public Fetcher {
 public:
  kj::Promise<FetchOutcome> fetch(OutboundRequest) override { return FetchOutcome(denied()); }
};

}  // namespace

kj::Own<Fetcher> FrontEndEgress::openNetwork(std::shared_ptr<const AppVersion>) {
  return kj::heap<NoNetwork>();
}

Fetcher* FrontEndEgress::servedHere(const Destination&) { return nullptr; }

kj::Promise<FetchOutcome> FrontEndEgress::callService(const AppVersion&, std::string_view,
                                                      OutboundRequest) {
  return FetchOutcome(denied());
}

kj::Promise<SocketOutcome> FrontEndEgress::connect(std::shared_ptr<const AppVersion>, Destination,
                                                   kj::Own<void>) {
  return SocketOutcome(denied());
}

}  // namespace nano
