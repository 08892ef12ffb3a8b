#pragma once

// For tests: a LoadedApp with a worker and an owner that the test plays.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "supervisor/loaded_app.h"
#include "supervisor/recording_exchange_test.h"

namespace nano {

// A worker's App whose answers the test chooses.
class FakeApp final : public rpc::App::Server {
 public:
  struct Seen {
    std::vector<std::vector<uint32_t>> batches;
    std::vector<std::string> urls;
    std::vector<uint32_t> cancelled;
    // Fills the answers of a batch; without it nothing is answered.
    std::function<void(capnp::List<rpc::FetchCall>::Reader, rpc::App::FetchBatchResults::Builder)>
        answer;
  };
  explicit FakeApp(Seen& seen) : seen_(seen) {}

  kj::Promise<void> fetchBatch(FetchBatchContext context) override {
    std::vector<uint32_t> ids;
    for (auto call : context.getParams().getCalls()) {
      ids.push_back(call.getId());
      seen_.urls.emplace_back(call.getRequest().getUrl().cStr());
    }
    seen_.batches.push_back(ids);
    if (seen_.answer) seen_.answer(context.getParams().getCalls(), context.getResults());
    return kj::READY_NOW;
  }
  kj::Promise<void> cancel(CancelContext context) override {
    for (uint32_t id : context.getParams().getIds())
      seen_.cancelled.push_back(id);
    return kj::READY_NOW;
  }

 private:
  Seen& seen_;
};

inline void answerOk(rpc::FetchAnswer::Builder answer, uint32_t id, kj::StringPtr body) {
  answer.setId(id);
  answer.setOutcome(rpc::Outcome::OK);
  auto response = answer.initResponse();
  response.setStatus(200);
  response.initBody().setBytes(body.asBytes());
}

// An app's ways out, all of which end at `answer`.
struct FakeWays final : public EgressWays {
  class Network final : public Fetcher {
   public:
    explicit Network(FakeWays& ways) : ways_(ways) {}
    kj::Promise<FetchOutcome> fetch(OutboundRequest request) override {
      return ways_.answer(std::move(request));
    }

   private:
    FakeWays& ways_;
  };

  kj::Own<Fetcher> openNetwork(const AppVersion&) override {
    used.emplace_back("network");
    return kj::heap<Network>(*this);
  }
  std::optional<Neighbour> servedBy(const AppVersion&,
                                    const Destination& destination) const override {
    return destination.host == host ? std::optional(neighbour) : std::nullopt;
  }
  kj::Promise<FetchOutcome> callHost(const AppVersion&, OutboundRequest request) override {
    used.emplace_back("host");
    return answer(std::move(request));
  }
  kj::Maybe<kj::Promise<FetchOutcome>> callArrived(const AppVersion&,
                                                   OutboundRequest& request) override {
    if (request.destination.host != arrivedHost) return nullptr;
    used.emplace_back("arrived");
    return answer(std::move(request));
  }
  kj::Promise<FetchOutcome> callService(const AppVersion&, std::string_view service,
                                        OutboundRequest request) override {
    used.push_back("service " + std::string(service));
    return answer(std::move(request));
  }
  kj::Promise<SocketOutcome> connect(const AppVersion&, Destination destination,
                                     AppSockets& sockets) override {
    return openSocket(std::move(destination), sockets);
  }

  std::string host;  // That this server answers for itself, by an app of this neighbour's.
  Neighbour neighbour = Neighbour::kOwnTenant;
  std::string arrivedHost;  // And where the network leads back to it.
  std::vector<std::string> used;
  std::function<kj::Promise<FetchOutcome>(OutboundRequest)> answer;
  std::function<kj::Promise<SocketOutcome>(Destination, AppSockets&)> openSocket;
};

struct FakeOwner final : public LoadedApp::Owner {
  void killWorker(LoadedApp&, kj::StringPtr why) override { killed = why.cStr(); }
  void callAtTurnEnd(LoadedApp& app) override { dirty.push_back(&app); }
  void appLog(const AppVersion&, std::vector<AppLogLine> lines) override {
    for (auto& line : lines)
      log.push_back(line.message);
  }

  std::deque<LoadedApp*> dirty;
  std::string killed;
  std::vector<std::string> log;
};

class LoadedAppTest : public testing::Test {
 protected:
  LoadedAppTest() {
    version_ = std::make_shared<AppVersion>();
    version_->app = "app";
    version_->limits.set(rpc::Limit::WALL, 20);
    app_ = std::make_unique<LoadedApp>(LoadedApp::Surroundings{loop_, counters_, ids_, ways_},
                                       owner_, version_);
  }

  // GoogleTest's own must not throw, so neither may ours; a defaulted one might.
  ~LoadedAppTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  void start() { app_->started(kj::heap<FakeApp>(seen_), turns_); }
  // A turn of the loop as the worker pool has it.
  void turn() {
    while (!owner_.dirty.empty()) {
      auto apps = std::exchange(owner_.dirty, {});
      for (auto* app : apps)
        app->endTurn();
      loop_.runOnce();
    }
    loop_.runOnce();
  }
  void runUntil(const std::function<bool()>& done) {
    while (!done()) {
      loop_.run(loop_.timer().afterDelay(1 * kj::MILLISECONDS));
      turn();
    }
  }

  EventLoop loop_;
  int looks_ = 0;  // Of the TurnWatch.
  TurnWatch turns_{loop_.timer(),
                   {[this] {
                      looks_++;
                      return 0 * kj::SECONDS;
                    },
                    []() -> kj::Promise<void> { return kj::READY_NOW; }, [](bool) {}}};
  Counters counters_;
  RequestIds ids_{1};
  std::shared_ptr<AppVersion> version_;
  FakeApp::Seen seen_;
  FakeOwner owner_;
  FakeWays ways_;
  std::unique_ptr<LoadedApp> app_;
};

}  // namespace nano
