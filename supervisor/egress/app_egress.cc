#include "supervisor/egress/app_egress.h"

#include <algorithm>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/egress/destination.h"
#include "supervisor/egress/fetch_failure.h"
#include "supervisor/egress/outbound_message.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

// Of results that leave in one message; the worker takes far more.
constexpr size_t kResultBytesPerCall = kMaxMessageBytes / 2;

// One of a counted number of places, given back when it is dropped.
kj::Own<void> takePlace(const std::shared_ptr<size_t>& count) {
  ++*count;
  auto place = kj::heap(kj::defer([count]() { --*count; }));
  return kj::Own<void>(kj::mv(place));
}

EgressError overLimit(size_t most, std::string_view what) {
  return {Kind::OVER_LIMIT, "the app has " + std::to_string(most) + " " + std::string(what) +
                                " open already, which is the most it may have at a time"};
}

EgressError workerIsFull() {
  return {Kind::OVER_LIMIT,
          "the apps that share this app's process have " + std::to_string(kMaxExchangesOfWorker) +
              " requests and fetches open, which is the most they may have at a time"};
}

EgressError queueIsFull() {
  return {Kind::OVER_LIMIT,
          "the app has " + std::to_string(kMaxNetworkFetches) +
              " fetches on the network, and those that wait for their turn hold " +
              std::to_string(kMaxWaitingFetchBytes) +
              " bytes of requests, which is the most they may"};
}

}  // namespace

// The way from the worker to us; it knows us through a link that our destructor cuts.
class AppEgress::Server final : public rpc::Egress::Server {
 public:
  explicit Server(std::shared_ptr<AppEgress*> link) : link_(std::move(link)) {}

  kj::Promise<void> start(StartContext context) override {
    return take([&context](AppEgress& egress) { egress.start(context.getParams().getFetches()); });
  }

  kj::Promise<void> cancel(CancelContext context) override {
    return take([&context](AppEgress& egress) { egress.cancel(context.getParams().getIds()); });
  }

  kj::Promise<void> connect(ConnectContext context) override {
    context.allowCancellation();
    if (*link_ == nullptr) return KJ_EXCEPTION(DISCONNECTED, "the app is gone");
    return (*link_)->connect(context);
  }

 private:
  // A call that cannot be read, pointers that lead nowhere for example, ends the worker.
  template <typename Function>
  kj::Promise<void> take(Function function) {
    if (*link_ == nullptr) return kj::READY_NOW;
    auto error = kj::runCatchingExceptions([this, &function] { function(**link_); });
    KJ_IF_MAYBE(e, error) {
      if (*link_ != nullptr) (*link_)->owner_.killWorker("a call of its egress cannot be read");
      return kj::mv(*e);
    }
    return kj::READY_NOW;
  }

  std::shared_ptr<AppEgress*> link_;
};

// A response's body on its way to the worker, which holds a place as long as it holds the body.
class AppEgress::CountedBody final : public rpc::ByteSource::Server {
 public:
  CountedBody(rpc::ByteSource::Client source, kj::Own<void> place, kj::Own<void> workersPlace,
              PlaceQueue::Place networkPlace)
      : source_(kj::mv(source)),
        place_(kj::mv(place)),
        workersPlace_(kj::mv(workersPlace)),
        networkPlace_(std::move(networkPlace)) {}

  kj::Promise<void> read(ReadContext context) override {
    context.allowCancellation();
    auto request = source_.readRequest(capnp::MessageSize{4, 0});
    request.setMaxBytes(context.getParams().getMaxBytes());
    context.releaseParams();
    return context.tailCall(kj::mv(request));
  }

 private:
  rpc::ByteSource::Client source_;
  kj::Own<void> place_;
  kj::Own<void> workersPlace_;
  PlaceQueue::Place networkPlace_;  // Null: it comes from an app of this server.
};

AppEgress::AppEgress(Owner& owner, EgressWays& ways, Counters& counters,
                     std::shared_ptr<const AppVersion> version, std::shared_ptr<size_t> exchanges)
    : owner_(owner),
      ways_(ways),
      counters_(counters),
      version_(std::move(version)),
      self_(std::make_shared<AppEgress*>(this)),
      openBodies_(std::make_shared<size_t>(0)),
      exchanges_(std::move(exchanges)),
      networkPlaces_(kMaxNetworkFetches, kMaxWaitingFetchBytes) {}

AppEgress::~AppEgress() noexcept(false) {
  *self_ = nullptr;
  close();
}

rpc::Egress::Client AppEgress::client() { return kj::heap<Server>(self_); }

void AppEgress::close() {
  // Letting go of one may bring the end of another.
  auto fetches = std::exchange(fetches_, {});
  fetches.clear();
  results_.clear();
  finished_.clear();
  network_ = nullptr;
  sockets_.closeAll();
}

void AppEgress::start(capnp::List<rpc::OutboundFetch>::Reader fetches) {
  if (fetches.size() > kMaxBatchFetches) {
    owner_.killWorker("it began more fetches in one call than it may");
    return;
  }
  for (rpc::OutboundFetch::Reader fetch : fetches) {
    const uint32_t id = fetch.getId();
    const bool isWaiting = std::any_of(results_.begin(), results_.end(),
                                       [id](const Result& result) { return result.id == id; });
    if (isWaiting || fetches_.contains(id)) {
      owner_.killWorker("it used the id of a fetch that is not answered yet");
      return;
    }
    startOne(fetch);
  }
}

void AppEgress::startOne(rpc::OutboundFetch::Reader fetch) {
  const uint32_t id = fetch.getId();
  Counters::add(counters_.fetches);
  auto task = begin(fetch)
                  .then([this, id](FetchOutcome&& outcome) { finish(id, std::move(outcome)); })
                  .eagerlyEvaluate([this, id](kj::Exception&& error) {
                    KJ_LOG(ERROR, "a fetch failed inside", error);
                    finish(id, EgressError{Kind::INTERNAL, "the fetch failed inside nano"});
                  });
  fetches_.emplace(id, OpenFetch{takePlace(exchanges_), kj::mv(task)});
}

kj::Promise<FetchOutcome> AppEgress::begin(rpc::OutboundFetch::Reader fetch) {
  if (fetches_.size() + *openBodies_ >= kMaxFetchesInFlight) {
    return FetchOutcome(overLimit(kMaxFetchesInFlight, "fetches"));
  }
  if (*exchanges_ >= kMaxExchangesOfWorker) return FetchOutcome(workerIsFull());
  auto read = readOutbound(fetch);
  if (auto* error = std::get_if<EgressError>(&read)) return FetchOutcome(std::move(*error));
  const auto service = fetch.getService();
  return send({service.begin(), service.size()}, std::move(std::get<OutboundRequest>(read)));
}

kj::Promise<FetchOutcome> AppEgress::send(std::string_view service, OutboundRequest request) {
  if (!service.empty()) return ways_.callService(*version_, service, std::move(request));
  if (version_->egress == nullptr) {
    return FetchOutcome(EgressError{Kind::DENIED, "nobody has said where this app may go"});
  }
  if (auto neighbour = ways_.servedBy(*version_, request.destination)) {
    EgressDecision decision = version_->egress->decideServed(request.destination, *neighbour);
    if (!decision.allowed) return FetchOutcome(deniedFetch(request.destination, decision.rule));
    return ways_.callHost(*version_, std::move(request));
  }
  return sendToNetwork(std::move(request));
}

kj::Promise<FetchOutcome> AppEgress::sendToNetwork(OutboundRequest request) {
  const auto* body = std::get_if<kj::Array<kj::byte>>(&request.body);
  const size_t bytes = body == nullptr ? 0 : body->size();
  return networkPlaces_.take(bytes).then(
      [this, request = kj::mv(request)](PlaceQueue::Place&& place) mutable {
        if (place == nullptr) {
          return kj::Promise<FetchOutcome>(queueIsFull());
        }
        if (network_.get() == nullptr) network_ = ways_.openNetwork(*version_);
        return network_->fetch(kj::mv(request))
            .then([this, place = std::move(place)](FetchOutcome&& outcome) mutable {
              return conclude(kj::mv(outcome), std::move(place));
            });
      });
}

kj::Promise<FetchOutcome> AppEgress::conclude(FetchOutcome outcome, PlaceQueue::Place place) {
  if (auto* response = std::get_if<FetchedResponse>(&outcome)) {
    response->place = std::move(place);
    return kj::mv(outcome);
  }
  auto& error = std::get<EgressError>(outcome);
  auto arrived = std::exchange(error.arrived, nullptr);
  if (arrived == nullptr) return kj::mv(outcome);
  // An app of this server needs no place on the network; and one that waited for its own, in a
  // circle, would wait for ever.
  place.reset();
  KJ_IF_MAYBE(answer, ways_.callArrived(*version_, *arrived)) {
    return kj::mv(*answer);
  }
  error.message += ", and no app of this server has that host";
  return kj::mv(outcome);
}

void AppEgress::finish(uint32_t id, FetchOutcome outcome) {
  auto found = fetches_.find(id);
  if (found == fetches_.end()) return;
  count(outcome);
  if (auto* response = std::get_if<FetchedResponse>(&outcome)) {
    countBody(*response, kj::mv(found->second.place));
  }
  finished_.add(kj::mv(found->second.task));
  fetches_.erase(found);
  results_.push_back({id, std::move(outcome)});
  owner_.scheduleTurnEnd();
}

void AppEgress::count(const FetchOutcome& outcome) {
  if (const auto* error = std::get_if<EgressError>(&outcome)) count(*error);
}

void AppEgress::count(const EgressError& error) {
  Counters::add(counters_.egressFailed[static_cast<size_t>(error.kind)]);
}

void AppEgress::countBody(FetchedResponse& response, kj::Own<void> workersPlace) {
  auto* stream = std::get_if<OutboundRequest::Stream>(&response.body);
  if (stream == nullptr) return;
  stream->source = kj::heap<CountedBody>(kj::mv(stream->source), takePlace(openBodies_),
                                         kj::mv(workersPlace), std::move(response.place));
}

void AppEgress::cancel(capnp::List<uint32_t>::Reader ids) {
  for (uint32_t id : ids) {
    // One that has ended in the meantime has its result on the way.
    auto found = fetches_.find(id);
    if (found == fetches_.end()) continue;
    finished_.add(kj::mv(found->second.task));
    fetches_.erase(found);
    results_.push_back({id, EgressError{Kind::CANCELED, "the fetch was aborted"}});
    owner_.scheduleTurnEnd();
  }
}

kj::Promise<void> AppEgress::connect(ConnectContext context) {
  auto params = context.getParams();
  Counters::add(counters_.sockets);
  auto refuse = [this, &context](const EgressError& error) -> kj::Promise<void> {
    count(error);
    write(error, context.getResults().initFailure());
    return kj::READY_NOW;
  };
  if (version_->egress == nullptr) {
    return refuse({Kind::DENIED, "nobody has said where this app may go"});
  }
  if (sockets_.size() >= kMaxSocketsInFlight) {
    return refuse(overLimit(kMaxSocketsInFlight, "sockets"));
  }
  const auto host = params.getHost();
  const auto scheme = params.getTls() ? Destination::Scheme::kTls : Destination::Scheme::kTcp;
  auto destination = makeDestination(scheme, {host.begin(), host.size()}, params.getPort());
  if (auto* problem = std::get_if<std::string>(&destination)) {
    return refuse({Kind::PROTOCOL, std::move(*problem)});
  }
  context.releaseParams();
  return ways_.connect(*version_, std::move(std::get<Destination>(destination)), sockets_)
      .then([context, link = self_](SocketOutcome&& outcome) mutable {
        if (auto* socket = std::get_if<rpc::Socket::Client>(&outcome)) {
          context.getResults().setSocket(kj::mv(*socket));
          return;
        }
        const auto& error = std::get<EgressError>(outcome);
        if (*link != nullptr) (*link)->count(error);
        write(error, context.getResults().initFailure());
      });
}

void AppEgress::sendResults(rpc::App::Client& app) {
  finished_.clear();
  for (size_t first = 0; first < results_.size();)
    first = sendBatch(app, first);
  results_.clear();
}

size_t AppEgress::sendBatch(rpc::App::Client& app, size_t first) {
  size_t bytes = 0;
  size_t end = first;
  while (end < results_.size() && (end == first || bytes < kResultBytesPerCall))
    bytes += messageBytes(results_[end++].outcome);
  auto request = app.fetchedRequest(capnp::MessageSize{bytes / sizeof(capnp::word) + 16, 0});
  auto list = request.initResults(static_cast<uint32_t>(end - first));
  for (size_t i = first; i < end; ++i) {
    list[static_cast<uint32_t>(i - first)].setId(results_[i].id);
    write(std::move(results_[i].outcome), list[static_cast<uint32_t>(i - first)]);
  }
  // A worker that does not take it is found out by its heartbeat or its link's end.
  request.send().ignoreResult().detach([](kj::Exception&&) {});
  return end;
}

}  // namespace nano
