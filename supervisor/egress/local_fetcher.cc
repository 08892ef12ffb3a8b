#include "supervisor/egress/local_fetcher.h"

#include <algorithm>
#include <utility>

#include "protocol/limits.h"

namespace nano {
namespace {

// As much as may wait for one worker (kMaxBufferedRpcBytes): some hundred pieces of answers.
constexpr size_t kMaxFetchBytes = kMaxBufferedRpcBytes;

bool isHttp(const Destination& destination) {
  return destination.scheme == Destination::Scheme::kHttp ||
         destination.scheme == Destination::Scheme::kHttps;
}

}  // namespace

// Hosts are served on nanod's own port, and on 80 and 443 by whatever stands in front of it; on the
// port of one app that app answers whatever the host.
bool LocalApps::isHostPort(const RequestRouter& router, const Destination& destination) const {
  uint16_t usual = destination.scheme == Destination::Scheme::kHttps ? 443 : 80;
  if (destination.port == usual) return true;
  return parts_.listensOn(destination.port) && !router.isAppsOwn(destination.port);
}

std::shared_ptr<ByteBudget> LocalApps::budgetOf(const std::string& tenant) {
  std::erase_if(budgets_, [](const auto& entry) { return entry.second.expired(); });
  auto& kept = budgets_[tenant];
  auto budget = kept.lock();
  if (!budget) {
    budget = std::make_shared<ByteBudget>(kMaxFetchBytes);
    kept = budget;
  }
  return budget;
}

kj::Promise<FetchOutcome> LocalApps::fetch(const Target& target,
                                           const std::shared_ptr<ByteBudget>& budget,
                                           OutboundRequest request) {
  using Kind = rpc::EgressFailure::Kind;
  if (request.hops >= kMaxHops) {
    return FetchOutcome(EgressError{
        Kind::LOOP, "this request has come through " + std::to_string(kMaxHops) +
                        " apps of this server already: do they fetch each other in a circle?"});
  }
  // It comes from an app, whatever that app's worker says.
  request.hops = std::max<uint8_t>(request.hops, 1);
  if (auto problem = InternalExchange::problem(request, *budget)) {
    return FetchOutcome(std::move(*problem));
  }
  Counters::add(parts_.counters.internalRequests);
  auto owned = kj::heap<InternalExchange>(parts_.timer, target.name, target.refusals,
                                          std::move(request), budget);
  InternalExchange& exchange = *owned;
  auto outcome = InternalExchange::answerOf(kj::mv(owned));
  parts_.dispatcher.dispatch(target.route, exchange);
  return outcome;
}

ServiceFetcher::ServiceFetcher(LocalApps& apps, std::string tenant, std::string app)
    : apps_(apps),
      tenant_(std::move(tenant)),
      app_(std::move(app)),
      budget_(apps.budgetOf(tenant_)) {}

kj::Promise<FetchOutcome> ServiceFetcher::fetch(OutboundRequest request) {
  auto router = apps_.router();
  const Route* route = router ? router->findApp(tenant_, app_) : nullptr;
  return apps_.fetch({route, app_, RefusalsAre::kErrors}, budget_, std::move(request));
}

HostFetcher::HostFetcher(LocalApps& apps, std::string tenant)
    : apps_(apps),
      tenant_(std::move(tenant)),
      budget_(apps.budgetOf(tenant_)) {}

bool HostFetcher::serves(const Destination& destination) const {
  auto router = apps_.router();
  if (!router || !isHttp(destination) || !apps_.isHostPort(*router, destination)) return false;
  const Route* route = router->findNamed(destination.host, destination.target);
  if (route == nullptr) return false;
  return route->version->tenant == tenant_ || destination.host.ends_with(".localhost");
}

kj::Promise<FetchOutcome> HostFetcher::fetch(OutboundRequest request) {
  auto router = apps_.router();
  const Destination& to = request.destination;
  const Route* route = router ? router->findNamed(to.host, to.target) : nullptr;
  std::string name = to.host;
  return apps_.fetch({route, std::move(name), RefusalsAre::kResponses}, budget_,
                     std::move(request));
}

}  // namespace nano
