#include "supervisor/app_deployer.h"

#include <algorithm>
#include <memory>

#include <glog/logging.h>
#include <kj/debug.h>
#include <kj/vector.h>

#include "supervisor/app_names.h"
#include "supervisor/service_bindings.h"

namespace nano {
namespace {

using Refusal = DeployRefusal::Kind;

DeployRefusal refusalOf(const RegistryError& error) {
  Refusal kind = Refusal::kFailed;
  if (error.kind == RegistryError::Kind::kConflict) kind = Refusal::kConflict;
  if (error.kind == RegistryError::Kind::kNotFound) kind = Refusal::kNotFound;
  return {kind, error.message, std::nullopt};
}

DeployRefusal busy(const std::string& app) {
  return {Refusal::kBusy,
          "another deploy or delete of the app " + inQuotes(app) +
              " is under way: try again when it is done",
          std::nullopt};
}

// The live secrets that the upload does not name itself.
void keepSecrets(const DeployedApp& live, AppVersion& version) {
  for (const AppBinding& binding : live.version->env) {
    bool named = std::any_of(version.env.begin(), version.env.end(),
                             [&binding](const auto& other) { return other.name == binding.name; });
    if (binding.secret && !named) version.env.push_back(binding);
  }
}

}  // namespace

// One change under way. While it lives, its app is busy.
struct AppDeployer::Job {
  Job(AppDeployer& deployer, std::string tenant, std::string app)
      : owner(deployer),
        name(std::move(tenant), std::move(app)) {
    owner.jobs_[name] = this;
  }
  ~Job() { owner.jobs_.erase(name); }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  AppDeployer& owner;
  std::pair<std::string, std::string> name;
  AppRegistry::Target target;
  uint16_t portBefore = 0;
  bool portOpened = false;
  std::shared_ptr<const AppVersion> version;
  std::function<bool()> isWanted;
  Notes notes;
};

kj::Promise<void> AppDeployer::start() {
  kj::Vector<kj::Promise<void>> ports;
  for (const DeployedApp& app : registry_.list()) {
    uint16_t port = app.deployment.port;
    if (port == 0) continue;
    ports.add(server_.openPort(port).then([this, port, name = app.version->app](auto opened) {
      if (auto* why = std::get_if<std::string>(&opened)) {
        LOG(ERROR) << "the app " << name << " is not served on its port " << port << ": " << *why;
      } else {
        openPorts_.insert(port);
      }
    }));
  }
  return kj::joinPromises(ports.releaseAsArray()).then([this] { return publishAll(); });
}

kj::Promise<AppDeployer::Result> AppDeployer::deploy(DeployRequest request,
                                                     std::function<bool()> isWanted, Notes notes) {
  AppVersion& version = request.upload.version;
  if (jobs_.contains({version.tenant, version.app})) return Result(busy(version.app));
  auto job = kj::heap<Job>(*this, version.tenant, version.app);
  job->isWanted = kj::mv(isWanted);
  job->notes = kj::mv(notes);
  if (auto live = registry_.find(version.tenant, version.app)) {
    job->target = {live->deployment.routes, live->deployment.port,
                   cronsOf(live->deployment.triggers)};
    job->portBefore = live->deployment.port;
    if (request.keepsSecrets) keepSecrets(*live, version);
  }
  if (request.routes) job->target.routes = kj::mv(*request.routes);
  if (request.port) job->target.port = *request.port;
  if (request.crons) job->target.crons = kj::mv(*request.crons);
  // Again after keepSecrets, which may have made too many bindings.
  auto problem = uploadProblem(request.upload);
  if (!problem) problem = policy_.refusal(version);
  if (problem) return Result(DeployRefusal{Refusal::kInvalid, *problem, std::nullopt});
  if (auto unresolved = serviceProblem(registry_.list(), version)) {
    return Result(DeployRefusal{Refusal::kNoService, *unresolved, std::nullopt});
  }
  if (auto conflict = routeConflict(registry_.list(), version, job->target)) {
    return Result(DeployRefusal{Refusal::kConflict, *conflict, std::nullopt});
  }
  if (auto refusal = portRefusal(job->target.port, *job)) return Result(kj::mv(*refusal));
  Job& borrowed = *job;
  return registry_.prepare(kj::mv(request.upload))
      .then([this, &borrowed](AppRegistry::Prepared prepared) {
        return tryStart(borrowed, kj::mv(prepared));
      })
      .attach(kj::mv(job));
}

kj::Promise<AppDeployer::Result> AppDeployer::tryStart(Job& job, AppRegistry::Prepared prepared) {
  if (auto* error = std::get_if<RegistryError>(&prepared)) return Result(refusalOf(*error));
  job.version = std::get<std::shared_ptr<const AppVersion>>(prepared);
  return server_.tryStart(job.version).then([this, &job](StartupResult started) {
    return openPort(job, kj::mv(started));
  });
}

kj::Promise<AppDeployer::Result> AppDeployer::openPort(Job& job, StartupResult started) {
  if (auto* failure = std::get_if<StartupFailure>(&started)) {
    return undo(job, {Refusal::kStartupFailed, failure->message, *failure});
  }
  if (std::get<Started>(started).lacksScheduled && !job.target.crons.empty() && job.notes) {
    job.notes->push_back("the app has cron triggers, and " + inQuotes(job.version->mainModule) +
                         " has no scheduled(): each of their events fails (docs/cron.md)");
  }
  if (job.target.port == 0 || openPorts_.contains(job.target.port)) return commit(job);
  return server_.openPort(job.target.port).then([this, &job](auto opened) -> kj::Promise<Result> {
    if (auto* why = std::get_if<std::string>(&opened)) {
      return undo(job, {Refusal::kFailed,
                        "port " + std::to_string(job.target.port) + " could not be opened: " + *why,
                        std::nullopt});
    }
    job.portOpened = true;
    openPorts_.insert(job.target.port);
    return commit(job);
  });
}

kj::Promise<AppDeployer::Result> AppDeployer::commit(Job& job) {
  if (!job.isWanted()) {
    return undo(job,
                {Refusal::kAbandoned, "the client left before the deploy was done", std::nullopt});
  }
  return registry_.commit(job.version, job.target)
      .then([this, &job](AppRegistry::Committed committed) {
        return publish(job, kj::mv(committed));
      });
}

kj::Promise<AppDeployer::Result> AppDeployer::publish(Job& job, AppRegistry::Committed committed) {
  if (auto* error = std::get_if<RegistryError>(&committed)) return undo(job, refusalOf(*error));
  return publishAll()
      .then([this, &job]() -> kj::Promise<void> {
        if (job.portBefore == 0 || job.portBefore == job.target.port) return kj::READY_NOW;
        return closePort(job.portBefore);
      })
      .then([live = std::get<DeployedApp>(committed)]() mutable { return Result(kj::mv(live)); });
}

kj::Promise<AppDeployer::Result> AppDeployer::undo(Job& job, DeployRefusal refusal) {
  kj::Promise<void> closed = kj::READY_NOW;
  if (job.portOpened) closed = closePort(job.target.port);
  return closed.then([this, &job] { return registry_.discard(job.version); })
      .then([refusal = kj::mv(refusal)]() mutable { return Result(kj::mv(refusal)); });
}

kj::Promise<AppDeployer::Result> AppDeployer::setCrons(std::string tenant, std::string app,
                                                       std::vector<std::string> crons) {
  if (jobs_.contains({tenant, app})) return Result(busy(app));
  if (auto problem = cronsProblem(crons)) {
    return Result(DeployRefusal{Refusal::kInvalid, *problem, std::nullopt});
  }
  auto job = kj::heap<Job>(*this, tenant, app);
  return registry_.setCrons(tenant, app, kj::mv(crons))
      .then([](AppRegistry::Committed committed) -> Result {
        if (auto* error = std::get_if<RegistryError>(&committed)) return refusalOf(*error);
        return std::get<DeployedApp>(kj::mv(committed));
      })
      .attach(kj::mv(job));
}

kj::Promise<AppDeployer::Result> AppDeployer::remove(std::string tenant, std::string app) {
  if (jobs_.contains({tenant, app})) return Result(busy(app));
  auto job = kj::heap<Job>(*this, tenant, app);
  if (auto live = registry_.find(tenant, app)) job->portBefore = live->deployment.port;
  return registry_.remove(tenant, app)
      .then([this](AppRegistry::Removed removed) -> kj::Promise<Result> {
        if (auto* error = std::get_if<RegistryError>(&removed)) return Result(refusalOf(*error));
        auto& gone = std::get<DeployedApp>(removed);
        uint16_t port = gone.deployment.port;
        return publishAll()
            .then([this, port]() -> kj::Promise<void> {
              if (port == 0) return kj::READY_NOW;
              return closePort(port);
            })
            .then([gone]() mutable { return Result(kj::mv(gone)); });
      })
      .attach(kj::mv(job));
}

kj::Promise<void> AppDeployer::applyPolicy() {
  registry_.resolveAgain();
  return publishAll();
}

kj::Promise<void> AppDeployer::publishAll() {
  router_ = routerFor(registry_.list(), usage_);
  return server_.publish(router_);
}

kj::Promise<void> AppDeployer::closePort(uint16_t port) {
  if (openPorts_.erase(port) == 0) return kj::READY_NOW;
  return server_.closePort(port);
}

// Another job may be about to commit this port, or about to close it.
std::optional<DeployRefusal> AppDeployer::portRefusal(uint16_t port, const Job& mine) const {
  if (port == 0) return std::nullopt;
  for (const auto& entry : jobs_) {
    const Job& other = *entry.second;
    if (&other == &mine || (other.target.port != port && other.portBefore != port)) continue;
    return DeployRefusal{Refusal::kConflict,
                         "port " + std::to_string(port) + " is being changed by the app " +
                             inQuotes(other.name.second) + ": try again when that is done",
                         std::nullopt};
  }
  return std::nullopt;
}

}  // namespace nano
