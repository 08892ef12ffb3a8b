#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <kj/async.h>

#include "supervisor/app_manifest.h"
#include "supervisor/app_version.h"
#include "supervisor/deployment.h"
#include "supervisor/request_router.h"

namespace nano {

struct DeployedApp {
  std::shared_ptr<const AppVersion> version;
  Deployment deployment;
};

struct RegistryError {
  enum class Kind {
    kConflict,  // Another app has one of the routes, or the port.
    kNotFound,  // There is no such app, or no such version any more.
    kStorage,   // The disk would not.
  } kind = Kind::kStorage;
  std::string message;
};

// Which apps there are, and their live versions. The registry of one machine is on its disk
// (DiskAppRegistry); one that machines share is another implementation, which is why changes are
// promises and reads are not: every node answers reads from what it has.
//
// Changes to one app come one at a time; AppDeployer sees to it.
class AppRegistry {
 public:
  // Ordered by tenant, then app.
  virtual std::vector<DeployedApp> list() const = 0;
  virtual std::optional<DeployedApp> find(const std::string& tenant,
                                          const std::string& app) const = 0;

  // Stores a checked upload (uploadProblem) as a version, whole and durable. Nothing changes yet
  // for any request.
  using Prepared = std::variant<std::shared_ptr<const AppVersion>, RegistryError>;
  virtual kj::Promise<Prepared> prepare(AppUpload upload) = 0;

  // Forgets a prepared version that will not be committed. Does nothing to one that is in use.
  virtual kj::Promise<void> discard(std::shared_ptr<const AppVersion> version) = 0;

  struct Target {
    std::vector<RoutePattern> routes;
    uint16_t port = 0;
    std::vector<std::string> crons{};
  };
  // Makes a prepared version the live one. Once this is done, it stays so through a power cut; when
  // it fails, the version before is live here, and either of them after a restart.
  using Committed = std::variant<DeployedApp, RegistryError>;
  virtual kj::Promise<Committed> commit(std::shared_ptr<const AppVersion> version,
                                        Target target) = 0;

  // Gives the app these cron triggers and no others (cronsProblem: they are good). As durable as a
  // commit; the version and the time of its deployment stay.
  virtual kj::Promise<Committed> setCrons(const std::string& tenant, const std::string& app,
                                          std::vector<std::string> crons) = 0;

  // Removes the app and its versions.
  using Removed = std::variant<DeployedApp, RegistryError>;
  virtual kj::Promise<Removed> remove(const std::string& tenant, const std::string& app) = 0;

  // The operator's policy has changed: gives every app its limits again. Those that are as before
  // keep their version object, so that only the others are loaded again.
  virtual void resolveAgain() = 0;

 protected:
  ~AppRegistry() noexcept(false) = default;
};

// Every app answers to APP.TENANT.localhost, and those of the tenant "default" to APP.localhost:
// browsers and curl take names below localhost to this machine without any DNS.
std::vector<RoutePattern> ownRoutes(const std::string& tenant, const std::string& app);

// Why these routes cannot be given to this app while `apps` have theirs; names the app that has one
// of them. Nothing when they can.
std::optional<std::string> routeConflict(const std::vector<DeployedApp>& apps,
                                         const AppVersion& version,
                                         const AppRegistry::Target& target);

// The table of all apps.
std::shared_ptr<const RequestRouter> routerFor(const std::vector<DeployedApp>& apps,
                                               UsageBook& usage);

}  // namespace nano
