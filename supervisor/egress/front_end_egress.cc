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

bool FrontEndEgress::isServedHere(const AppVersion& caller, const Destination& destination) const {
  return local_.serves(caller, destination);
}

kj::Promise<FetchOutcome> FrontEndEgress::callHost(const AppVersion& caller,
                                                   OutboundRequest request) {
  return local_.fetchHost(caller, std::move(request));
}

kj::Promise<FetchOutcome> FrontEndEgress::callService(const AppVersion& caller,
                                                      std::string_view service,
                                                      OutboundRequest request) {
  return local_.fetchService(caller, service, std::move(request));
}

kj::Promise<SocketOutcome> FrontEndEgress::connect(std::shared_ptr<const AppVersion>, Destination,
                                                   kj::Own<void>) {
  return SocketOutcome(denied());
}

}  // namespace nano
