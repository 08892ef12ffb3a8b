#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include <kj/async.h>

#include "supervisor/app_registry.h"
#include "supervisor/deploy_request.h"
#include "supervisor/limit_policy.h"
#include "supervisor/live_server.h"

namespace nano {

// Why a change was refused.
struct DeployRefusal {
  enum class Kind {
    kInvalid,        // The upload cannot be an app.
    kNoService,      // One of its service bindings leads to no app.
    kStartupFailed,  // Its modules do not compile, link or evaluate: `startup` has where.
    kBusy,           // Another change to this app is under way.
    kConflict,       // Another app has the route or the port.
    kNotFound,
    kAbandoned,  // Nobody waits for it any more; nothing changed.
    kFailed,     // Our own disk or port would not.
  } kind = Kind::kFailed;
  std::string message;
  std::optional<StartupFailure> startup;
};

// Changes what is live: the one order of steps in which a broken app, a taken port, a full disk or
// a crash leaves the version before in place. One change an app at a time. Lives on the control
// thread.
class AppDeployer final {
 public:
  // All outlive the deployer and its promises. A version that asks for more than `policy` allows is
  // refused.
  AppDeployer(AppRegistry& registry, LiveServer& server, UsageBook& usage,
              const LimitPolicy& policy)
      : registry_(registry),
        server_(server),
        usage_(usage),
        policy_(policy) {}
  AppDeployer(const AppDeployer&) = delete;
  AppDeployer& operator=(const AppDeployer&) = delete;

  // Opens the apps' own ports and publishes the table of what the registry has. What could not be
  // opened is logged; those apps keep their hosts.
  kj::Promise<void> start();

  using Result = std::variant<DeployedApp, DeployRefusal>;
  // Stores, tries, opens the port, commits, publishes. `isWanted` is asked before the commit: when
  // it says no, all is undone. Once the result is a DeployedApp, no new request meets the version
  // before. What the user should know of it goes into `notes`, where there are any. The promise
  // must be waited for to the end.
  using Notes = std::shared_ptr<std::vector<std::string>>;
  kj::Promise<Result> deploy(DeployRequest request, std::function<bool()> isWanted,
                             Notes notes = nullptr);

  // The policy has changed: gives every app its limits again and publishes the table. Apps whose
  // limits are others now are loaded anew; the rest go on.
  kj::Promise<void> applyPolicy();

  // The table that was published last.
  std::shared_ptr<const RequestRouter> router() const { return router_; }

  // Gives the app these cron triggers and no others.
  kj::Promise<Result> setCrons(std::string tenant, std::string app, std::vector<std::string> crons);

  // Takes the app away from requests and from the disk.
  kj::Promise<Result> remove(std::string tenant, std::string app);

 private:
  struct Job;

  kj::Promise<Result> tryStart(Job& job, AppRegistry::Prepared prepared);
  kj::Promise<Result> openPort(Job& job, StartupResult started);
  kj::Promise<Result> commit(Job& job);
  kj::Promise<Result> publish(Job& job, AppRegistry::Committed committed);
  kj::Promise<Result> undo(Job& job, DeployRefusal refusal);
  kj::Promise<void> publishAll();
  kj::Promise<void> closePort(uint16_t port);
  std::optional<DeployRefusal> portRefusal(uint16_t port, const Job& mine) const;

  AppRegistry& registry_;
  LiveServer& server_;
  UsageBook& usage_;
  const LimitPolicy& policy_;
  // The changes under way, by tenant and app.
  std::map<std::pair<std::string, std::string>, Job*> jobs_;
  std::set<uint16_t> openPorts_;
  std::shared_ptr<const RequestRouter> router_ =
      std::make_shared<const RequestRouter>(std::vector<AppRoutes>());
};

}  // namespace nano
