#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <kj/async.h>
#include <kj/vector.h>

#include "protocol/worker.capnp.h"
#include "supervisor/app_version.h"
#include "supervisor/counters.h"
#include "supervisor/egress/egress_ways.h"
#include "supervisor/egress/place_queue.h"

namespace nano {

// The Egress capability of one app in one worker: takes its fetches and sockets, sends each the way
// it goes, and tells the worker how the fetches ended, once a turn.
//
// The worker is hostile: what it asks for is checked here, and what it may have at a time is
// counted here, fetches until their body is done with. One thread; owned by the app's LoadedApp.
class AppEgress final {
 public:
  class Owner {
   public:
    // The worker broke the protocol.
    virtual void killWorker(kj::StringPtr why) = 0;
    // Asks for one call of sendResults() before this turn's output is flushed.
    virtual void scheduleTurnEnd() = 0;

   protected:
    ~Owner() noexcept(false) = default;
  };

  // All are borrowed and outlive this. `exchanges`: the requests and fetches that all apps of the
  // worker have open.
  AppEgress(Owner& owner, EgressWays& ways, Counters& counters,
            std::shared_ptr<const AppVersion> version,
            std::shared_ptr<size_t> exchanges = std::make_shared<size_t>(0));
  ~AppEgress() noexcept(false);
  KJ_DISALLOW_COPY(AppEgress);

  // To give to Worker.load; it outlives this object harmlessly.
  rpc::Egress::Client client();

  // Tells the worker what has ended since the last call.
  void sendResults(rpc::App::Client& app);
  // The app or its worker is gone: all that is under way is given up.
  void close();

 private:
  class Server;
  class CountedBody;
  struct Result {
    uint32_t id;
    FetchOutcome outcome;
  };
  struct OpenFetch {
    kj::Own<void> place;  // Among the worker's.
    kj::Promise<void> task;
  };

  void start(capnp::List<rpc::OutboundFetch>::Reader fetches);
  void startOne(rpc::OutboundFetch::Reader fetch);
  void cancel(capnp::List<uint32_t>::Reader ids);
  using ConnectContext =
      capnp::CallContext<rpc::Egress::ConnectParams, rpc::Egress::ConnectResults>;
  kj::Promise<void> connect(ConnectContext context);
  kj::Promise<FetchOutcome> begin(rpc::OutboundFetch::Reader fetch);
  kj::Promise<FetchOutcome> send(std::string_view service, OutboundRequest request);
  kj::Promise<FetchOutcome> sendToNetwork(OutboundRequest request);
  kj::Promise<FetchOutcome> conclude(FetchOutcome outcome, PlaceQueue::Place place);
  void finish(uint32_t id, FetchOutcome outcome);
  void count(const FetchOutcome& outcome);
  void count(const EgressError& error);
  void countBody(FetchedResponse& response, kj::Own<void> workersPlace);
  size_t sendBatch(rpc::App::Client& app, size_t first);

  Owner& owner_;
  EgressWays& ways_;
  Counters& counters_;
  const std::shared_ptr<const AppVersion> version_;
  // Cut by the destructor, for what the worker still holds of us.
  const std::shared_ptr<AppEgress*> self_;
  // Bodies that the worker still holds; they may outlive this.
  const std::shared_ptr<size_t> openBodies_;
  const std::shared_ptr<size_t> exchanges_;
  PlaceQueue networkPlaces_;
  AppSockets sockets_;

  kj::Own<Fetcher> network_;  // From the first fetch that needs it.
  std::unordered_map<uint32_t, OpenFetch> fetches_;
  std::vector<Result> results_;
  kj::Vector<kj::Promise<void>> finished_;  // Those that ended inside their own stack.
};

}  // namespace nano
