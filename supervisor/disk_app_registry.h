#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kj/time.h>

#include "supervisor/app_registry.h"
#include "supervisor/limit_policy.h"
#include "supervisor/state_dir.h"
#include "supervisor/version_store.h"

namespace nano {

// The registry of one machine: state_dir.h has the layout. Each change is one rename, so that a
// crash at any point leaves the old state or the new one. Lives on the control thread, which waits
// for the disk.
class DiskAppRegistry final : public AppRegistry {
 public:
  // How many versions stay on disk behind the live one.
  static constexpr size_t kKeptVersions = 10;

  // Loads every app. One that cannot be loaded is left out, named in problems(), and left as it is
  // on disk. All arguments outlive the registry; `clock` dates deployments, and `policy` says what
  // each version gets.
  DiskAppRegistry(StateDir& state, const kj::Clock& clock, const LimitPolicy& policy,
                  size_t keptVersions = kKeptVersions);
  DiskAppRegistry(const DiskAppRegistry&) = delete;
  DiskAppRegistry& operator=(const DiskAppRegistry&) = delete;

  // What could not be loaded, each a sentence that names the file, for the operator's log.
  const std::vector<std::string>& problems() const { return problems_; }

  std::vector<DeployedApp> list() const override;
  std::optional<DeployedApp> find(const std::string& tenant, const std::string& app) const override;
  kj::Promise<Prepared> prepare(AppUpload upload) override;
  kj::Promise<void> discard(std::shared_ptr<const AppVersion> version) override;
  kj::Promise<Committed> commit(std::shared_ptr<const AppVersion> version, Target target) override;
  kj::Promise<Committed> setCrons(const std::string& tenant, const std::string& app,
                                  std::vector<std::string> crons) override;
  kj::Promise<Removed> remove(const std::string& tenant, const std::string& app) override;
  void resolveAgain() override;

 private:
  using Key = std::pair<std::string, std::string>;

  void loadTenant(const std::string& tenant);
  void loadApp(int tenantDir, const Key& key);
  std::variant<DeployedApp, DiskError> readApp(int appDir, const Key& key);
  std::variant<kj::AutoCloseFd, DiskError> openApp(const Key& key);
  std::string pathOf(const Key& key) const;

  int64_t nowMillis() const { return (clock_.now() - kj::UNIX_EPOCH) / kj::MILLISECONDS; }
  Deployment nextDeployment(const AppVersion& version, Target target) const;
  std::optional<DiskError> writeDeployment(const Key& key, const Deployment& deployment);
  // The versions of this app that must stay on disk.
  std::vector<std::string> wantedVersions(const Key& key) const;
  void removeDirectory(const Key& key);
  void collectGarbage(int appDir, const Key& key);

  StateDir& state_;
  const kj::Clock& clock_;
  const LimitPolicy& policy_;
  size_t keptVersions_;
  std::map<Key, DeployedApp> apps_;
  // Versions that deployment.json may name after all: their commit failed half-way.
  std::map<Key, std::string> unsure_;
  std::vector<std::string> problems_;
};

}  // namespace nano
