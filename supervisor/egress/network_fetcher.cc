#include "supervisor/egress/network_fetcher.h"

#include <algorithm>

#include <kj/debug.h>

#include "supervisor/egress/admitted_addresses.h"
#include "supervisor/egress/destination.h"

namespace nano {
namespace {

// As many addresses of a name as are tried.
constexpr size_t kMaxAddresses = 16;

// What cannot be sent and why.
std::optional<EgressError> unsendable(const OutboundRequest& request) {
  if (request.method != "HEAD" || std::holds_alternative<std::monostate>(request.body)) {
    return std::nullopt;
  }
  return EgressError{rpc::EgressFailure::Kind::DENIED, "a HEAD request has no body"};
}

}  // namespace

// The pool, and what its transfers share with this fetcher.
struct NetworkFetcher::Context {
  explicit Context(NetworkFetcher& fetcher)
      : multi(fetcher.shared_.loop, fetcher.shared_.settings, fetcher.shared_.traffic),
        transfers{multi, fetcher.deadlines_, fetcher.shared_.settings, *fetcher.policy_,
                  fetcher.shared_.counters} {}

  CurlMulti multi;
  TransferContext transfers;
};

NetworkFetcher::NetworkFetcher(const Shared& shared, std::shared_ptr<const EgressPolicy> policy)
    : shared_(shared),
      policy_(std::move(policy)),
      proxy_(readProxy(policy_->proxy())),
      deadlines_(shared.loop.timer()),
      lastUsed_(kj::origin<kj::TimePoint>()) {}

NetworkFetcher::~NetworkFetcher() noexcept(false) {
  resolving_.cancel(KJ_EXCEPTION(DISCONNECTED, "the app is gone"));
  deadlines_.cancelAll();
}

std::optional<NetworkFetcher::Proxy> NetworkFetcher::readProxy(const std::string& url) {
  if (url.empty()) return std::nullopt;
  auto destination = parseDestination(url.ends_with('/') ? url : url + "/");
  auto* good = std::get_if<Destination>(&destination);
  KJ_REQUIRE(good != nullptr && good->scheme == Destination::Scheme::kHttp,
             "a policy names a proxy that is no http URL", url);
  return Proxy{describe(*good), std::move(*good)};
}

kj::Promise<FetchOutcome> NetworkFetcher::fetch(OutboundRequest request) {
  const Destination& destination = request.destination;
  EgressDecision decision = policy_->decide(destination);
  if (!decision.allowed) return FetchOutcome(deniedFetch(destination, decision.rule));
  if (auto error = unsendable(request)) return FetchOutcome(std::move(*error));
  // Through a proxy a name is the proxy's to look up; an address is known without.
  if (proxy_) {
    auto address = parseIpAddress(destination.host);
    if (address) decision = policy_->decide(destination, *address);
    if (!decision.allowed) return FetchOutcome(deniedFetch(destination, decision.rule));
  }
  const std::string& host = proxy_ ? proxy_->destination.host : destination.host;
  if (auto address = parseIpAddress(host)) return connect(kj::mv(request), {*address});

  auto resolved = shared_.resolver.resolve(host).then(
      [this, request = kj::mv(request)](Resolution&& found) mutable -> kj::Promise<FetchOutcome> {
        if (auto* none = std::get_if<NameNotFound>(&found)) {
          return FetchOutcome(unknownName(request.destination, *none));
        }
        return connect(kj::mv(request), std::move(std::get<std::vector<IpAddress>>(found)));
      });
  return resolving_.wrap(kj::mv(resolved))
      .then([](FetchOutcome&& outcome) { return kj::mv(outcome); },
            [](kj::Exception&& error) -> FetchOutcome {
              if (error.getType() == kj::Exception::Type::DISCONNECTED) {
                return canceledFetch("the app is gone");
              }
              KJ_LOG(ERROR, "a fetch failed", error);
              return internalFailure();
            });
}

kj::Promise<FetchOutcome> NetworkFetcher::connect(OutboundRequest request,
                                                  std::vector<IpAddress> addresses) {
  const Destination& destination = request.destination;
  if (!proxy_) {
    auto admitted = admittedAddresses(*policy_, destination, addresses);
    addresses = std::move(admitted.addresses);
    if (addresses.empty()) {
      EgressError error = deniedAddresses(destination, admitted.decision.rule);
      if (admitted.areThisServer) {
        error.arrived = std::make_shared<OutboundRequest>(kj::mv(request));
      }
      return FetchOutcome(std::move(error));
    }
  }
  if (addresses.size() > kMaxAddresses) addresses.resize(kMaxAddresses);
  const Destination& next = proxy_ ? proxy_->destination : destination;
  TransferRoute route{next.host, next.port, std::move(addresses), proxy_ ? proxy_->url : ""};
  return transfer(kj::mv(request), std::move(route));
}

kj::Promise<FetchOutcome> NetworkFetcher::transfer(OutboundRequest request, TransferRoute route) {
  auto transfer = kj::heap<Transfer>(warmContext(), kj::mv(request), std::move(route));
  auto answer = transfer->answer();
  return answer.then(
      [transfer = kj::mv(transfer)](Transfer::Result&& result) mutable -> FetchOutcome {
        if (auto* error = std::get_if<EgressError>(&result)) return std::move(*error);
        auto& [response, streams, length] = std::get<Transfer::Answer>(result);
        if (streams) {
          auto source = makeByteSource(
              [body = kj::mv(transfer)](size_t maxBytes) mutable { return body->read(maxBytes); });
          response.body = OutboundRequest::Stream{kj::mv(source), length};
        }
        return kj::mv(response);
      });
}

const TransferContext& NetworkFetcher::warmContext() {
  EventLoop& loop = shared_.loop;
  lastUsed_ = loop.timer().now();
  if (context_ == nullptr) {
    context_ = std::make_unique<Context>(*this);
    cooling_ = coolDown(lastUsed_ + shared_.settings.poolTimeout)
                   .eagerlyEvaluate([](kj::Exception&& error) {
                     KJ_LOG(ERROR, "a pool of connections could not be closed", error);
                   });
  }
  return context_->transfers;
}

// One timer a while, not one for each fetch.
kj::Promise<void> NetworkFetcher::coolDown(kj::TimePoint at) {
  return shared_.loop.timer().atTime(at).then([this]() -> kj::Promise<void> {
    kj::TimePoint now = shared_.loop.timer().now();
    kj::Duration idle = shared_.settings.poolTimeout;
    if (deadlines_.size() > 0) return coolDown(now + idle);
    if (lastUsed_ + idle > now) return coolDown(lastUsed_ + idle);
    context_.reset();
    return kj::READY_NOW;
  });
}

}  // namespace nano
