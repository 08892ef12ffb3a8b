#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <kj/async.h>

#include "supervisor/counters.h"
#include "supervisor/live_server.h"
#include "supervisor/request_router.h"

namespace nano {

// For tests: a running server that does as it is told and writes down what it was asked for.
class FakeLiveServer final : public LiveServer {
 public:
  kj::Promise<StartupResult> tryStart(std::shared_ptr<const AppVersion> version) override {
    calls.push_back("start " + version->app);
    if (holdStart) {
      auto paf = kj::newPromiseAndFulfiller<StartupResult>();
      held.push_back(kj::mv(paf.fulfiller));
      return kj::mv(paf.promise);
    }
    return StartupResult(startup);
  }

  kj::Promise<void> publish(std::shared_ptr<const RequestRouter> table) override {
    calls.push_back("publish");
    router = kj::mv(table);
    return kj::READY_NOW;
  }

  kj::Promise<std::variant<std::monostate, std::string>> openPort(uint16_t port) override {
    calls.push_back("open " + std::to_string(port));
    std::variant<std::monostate, std::string> result;
    if (!portProblem.empty()) {
      result = portProblem;
    } else {
      ports.insert(port);
    }
    return result;
  }

  kj::Promise<void> closePort(uint16_t port) override {
    calls.push_back("close " + std::to_string(port));
    ports.erase(port);
    return kj::READY_NOW;
  }

  kj::Promise<ScheduledResult> runScheduled(std::string tenant, std::string app,
                                            ScheduledEvent event) override {
    calls.push_back("scheduled " + tenant + "/" + app + " " + event.cron + " " +
                    std::to_string(event.unixMillis / 1000));
    if (!holdScheduled) return ScheduledResult{rpc::Outcome::OK};
    auto paf = kj::newPromiseAndFulfiller<ScheduledResult>();
    heldScheduled.push_back(kj::mv(paf.fulfiller));
    return kj::mv(paf.promise);
  }

  kj::Promise<ServerStatus> status() override { return ServerStatus(serverStatus); }

  std::vector<const Counters*> counters() const override { return {&seen}; }

  // The app that answers to a host; "none".
  std::string appAt(const std::string& host) const {
    const Route* route = router == nullptr ? nullptr : router->find(host, "/", 80);
    return route == nullptr ? "none" : route->version->app;
  }
  std::string versionAt(const std::string& host) const {
    const Route* route = router == nullptr ? nullptr : router->find(host, "/", 80);
    return route == nullptr ? "none" : route->version->id;
  }

  StartupResult startup = Started{};
  bool holdStart = false;
  std::vector<kj::Own<kj::PromiseFulfiller<StartupResult>>> held;
  bool holdScheduled = false;
  std::vector<kj::Own<kj::PromiseFulfiller<ScheduledResult>>> heldScheduled;
  std::string portProblem;
  ServerStatus serverStatus;
  Counters seen;
  std::shared_ptr<const RequestRouter> router;
  std::set<uint16_t> ports;
  std::vector<std::string> calls;
};

}  // namespace nano
