#include "supervisor/egress/local_fetcher.h"

#include <algorithm>
#include <utility>

#include "protocol/limits.h"
#include "supervisor/app_names.h"
#include "supervisor/egress/served_hosts.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

// As much as may wait for one worker (kMaxBufferedRpcBytes): some hundred pieces of answers.
constexpr size_t kMaxFetchBytes = kMaxBufferedRpcBytes;

// Null: the caller has no such service binding.
const AppBinding* findService(const AppVersion& caller, std::string_view binding) {
  auto found =
      std::find_if(caller.env.begin(), caller.env.end(), [binding](const AppBinding& each) {
        return each.kind == AppBinding::Kind::kService && each.name == binding;
      });
  return found == caller.env.end() ? nullptr : &*found;
}

}  // namespace

kj::Promise<FetchOutcome> LocalFetcher::fetchService(const AppVersion& caller,
                                                     std::string_view binding,
                                                     OutboundRequest request) {
  const AppBinding* service = findService(caller, binding);
  if (service == nullptr) {
    return FetchOutcome(
        EgressError{Kind::DENIED, "the app has no service binding " + inQuotes(binding)});
  }
  request.entrypoint = service->entrypoint;
  request.props = service->props;
  auto router = parts_.router();
  const Route* route = router ? router->findApp(caller.tenant, service->value) : nullptr;
  return fetch(caller, {route, service->value, RefusalsAre::kErrors}, std::move(request));
}

std::optional<Neighbour> LocalFetcher::servedBy(const AppVersion& caller,
                                                const Destination& destination) const {
  auto router = parts_.router();
  if (!router) return std::nullopt;
  auto served = findServedHost(*router, caller.tenant, destination, parts_.listensOn);
  return served ? std::optional(served->neighbour) : std::nullopt;
}

kj::Promise<FetchOutcome> LocalFetcher::fetchHost(const AppVersion& caller,
                                                  OutboundRequest request) {
  auto router = parts_.router();
  const Destination& to = request.destination;
  const Route* route = router ? router->findNamed(to.host, to.target) : nullptr;
  Target target{route, to.host, RefusalsAre::kResponses};
  return fetch(caller, target, std::move(request));
}

kj::Maybe<kj::Promise<FetchOutcome>> LocalFetcher::fetchArrived(const AppVersion& caller,
                                                                OutboundRequest& request) {
  auto router = parts_.router();
  const Destination& to = request.destination;
  const Route* route = router ? router->find(to.host, to.target, to.port) : nullptr;
  if (route == nullptr) return nullptr;
  return fetch(caller, {route, to.host, RefusalsAre::kResponses}, std::move(request));
}

kj::Promise<FetchOutcome> LocalFetcher::fetch(const AppVersion& caller, const Target& target,
                                              OutboundRequest request) {
  if (request.hops >= kMaxHops) {
    return FetchOutcome(EgressError{
        Kind::LOOP, "this request has come through " + std::to_string(kMaxHops) +
                        " apps of this server already: do they fetch each other in a circle?"});
  }
  // It comes from an app, whatever that app's worker says.
  request.hops = std::max<uint8_t>(request.hops, 1);
  auto budget = budgetOf(caller.tenant);
  if (auto problem = InternalExchange::problem(request, *budget)) {
    return FetchOutcome(std::move(*problem));
  }
  Counters::add(parts_.counters.internalRequests);
  auto owned = kj::heap<InternalExchange>(parts_.timer, target.name, target.refusals,
                                          std::move(request), kj::mv(budget));
  InternalExchange& exchange = *owned;
  auto outcome = InternalExchange::answerOf(kj::mv(owned));
  parts_.dispatcher.dispatch(target.route, exchange);
  return outcome;
}

std::shared_ptr<ByteBudget> LocalFetcher::budgetOf(const std::string& tenant) {
  return budgets_.of(tenant, kMaxFetchBytes);
}

}  // namespace nano
