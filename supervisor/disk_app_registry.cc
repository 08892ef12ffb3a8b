#include "supervisor/disk_app_registry.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include <glog/logging.h>

#include "supervisor/app_names.h"

namespace nano {
namespace {

constexpr char kDeployment[] = "deployment.json";

RegistryError storageError(const DiskError& error) {
  return {RegistryError::Kind::kStorage,
          "the state directory could not be written, nothing changed: " + error.message};
}

RegistryError noSuchApp(const std::string& app) {
  return {RegistryError::Kind::kNotFound, "there is no app " + inQuotes(app)};
}

bool isMissing(int dir, const char* name) {
  struct stat info {};
  return fstatat(dir, name, &info, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

}  // namespace

DiskAppRegistry::DiskAppRegistry(StateDir& state, const kj::Clock& clock, const LimitPolicy& policy,
                                 size_t keptVersions)
    : state_(state),
      clock_(clock),
      policy_(policy),
      keptVersions_(keptVersions) {
  auto tenants = directoryEntries(state_.apps());
  if (auto* error = std::get_if<DiskError>(&tenants)) {
    problems_.push_back(state_.path() + "/apps: " + error->message);
  } else {
    for (const auto& tenant : std::get<std::vector<std::string>>(tenants))
      loadTenant(tenant);
  }
}

void DiskAppRegistry::loadTenant(const std::string& tenant) {
  std::string path = state_.path() + "/apps/" + tenant;
  auto dir = openDirectory(state_.apps(), tenant);
  if (nameProblem(tenant) || std::holds_alternative<DiskError>(dir)) {
    problems_.push_back(path + ": not a tenant's directory; it is left alone");
    return;
  }
  auto& tenantDir = std::get<kj::AutoCloseFd>(dir);
  auto apps = directoryEntries(tenantDir);
  if (auto* error = std::get_if<DiskError>(&apps)) {
    problems_.push_back(path + ": " + error->message);
    return;
  }
  for (const auto& app : std::get<std::vector<std::string>>(apps))
    loadApp(tenantDir, {tenant, app});
}

void DiskAppRegistry::loadApp(int tenantDir, const Key& key) {
  auto opened = openDirectory(tenantDir, key.second);
  if (nameProblem(key.second) || std::holds_alternative<DiskError>(opened)) {
    problems_.push_back(pathOf(key) + ": not an app's directory; it is left alone");
    return;
  }
  auto& dir = std::get<kj::AutoCloseFd>(opened);
  if (isMissing(dir, kDeployment)) {
    // A first deploy that never got as far as its commit.
    auto error = state_.discard(tenantDir, key.second);
    if (error) problems_.push_back(pathOf(key) + ": " + error->message);
    return;
  }
  auto loaded = readApp(dir, key);
  if (auto* error = std::get_if<DiskError>(&loaded)) {
    problems_.push_back("the app " + inQuotes(key.second) + " of tenant " + inQuotes(key.first) +
                        " is not served: " + error->message + "; deploy it again");
    return;
  }
  apps_[key] = std::get<DeployedApp>(loaded);
  collectGarbage(dir, key);
}

std::variant<DeployedApp, DiskError> DiskAppRegistry::readApp(int appDir, const Key& key) {
  auto text = readFile(appDir, kDeployment, kMaxDeploymentBytes);
  if (auto* error = std::get_if<DiskError>(&text)) {
    return DiskError{pathOf(key) + ": " + error->message};
  }
  auto parsed = parseDeployment(std::get<std::string>(text));
  if (auto* problem = std::get_if<std::string>(&parsed)) {
    return DiskError{pathOf(key) + "/" + kDeployment + ": " + *problem};
  }
  auto& deployment = std::get<Deployment>(parsed);
  auto version = VersionStore(state_, appDir, pathOf(key)).read(deployment.versionId);
  if (auto* error = std::get_if<DiskError>(&version)) {
    return DiskError{pathOf(key) + "/" + kDeployment +
                     " names a version that cannot be read: " + error->message};
  }
  auto& found = std::get<std::shared_ptr<const AppVersion>>(version);
  if (found->tenant != key.first || found->app != key.second) {
    return DiskError{found->directory + "/manifest.json: it belongs to another app"};
  }
  return DeployedApp{policy_.resolved(found), deployment};
}

std::vector<DeployedApp> DiskAppRegistry::list() const {
  std::vector<DeployedApp> result;
  for (const auto& entry : apps_)
    result.push_back(entry.second);
  return result;
}

std::optional<DeployedApp> DiskAppRegistry::find(const std::string& tenant,
                                                 const std::string& app) const {
  auto entry = apps_.find({tenant, app});
  if (entry == apps_.end()) return std::nullopt;
  return entry->second;
}

kj::Promise<AppRegistry::Prepared> DiskAppRegistry::prepare(AppUpload upload) {
  sealUpload(upload);
  Key key{upload.version.tenant, upload.version.app};
  DurableWriter writer(state_.vfs());
  kj::AutoCloseFd tenantDir = writer.durableDirectory(state_.apps(), key.first);
  kj::AutoCloseFd appDir = writer.durableDirectory(tenantDir, key.second);
  if (writer.failed()) return Prepared(storageError(*writer.error()));
  auto written = VersionStore(state_, appDir, pathOf(key)).write(upload);
  if (auto* error = std::get_if<DiskError>(&written)) return Prepared(storageError(*error));
  return Prepared(policy_.resolved(std::get<std::shared_ptr<const AppVersion>>(written)));
}

kj::Promise<void> DiskAppRegistry::discard(std::shared_ptr<const AppVersion> version) {
  Key key{version->tenant, version->app};
  std::vector<std::string> wanted = wantedVersions(key);
  if (std::find(wanted.begin(), wanted.end(), version->id) != wanted.end()) return kj::READY_NOW;
  auto dir = openApp(key);
  if (std::holds_alternative<DiskError>(dir)) return kj::READY_NOW;
  auto error =
      VersionStore(state_, std::get<kj::AutoCloseFd>(dir), pathOf(key)).remove(version->id);
  if (error) LOG(WARNING) << version->directory << ": stays for now: " << error->message;
  return kj::READY_NOW;
}

kj::Promise<AppRegistry::Committed> DiskAppRegistry::commit(
    std::shared_ptr<const AppVersion> version, Target target) {
  Key key{version->tenant, version->app};
  if (auto conflict = routeConflict(list(), *version, target)) {
    return Committed(RegistryError{RegistryError::Kind::kConflict, *conflict});
  }
  Deployment deployment = nextDeployment(*version, kj::mv(target));
  if (auto error = writeDeployment(key, deployment)) return Committed(storageError(*error));
  unsure_.erase(key);
  DeployedApp& app = apps_[key];
  // Again: the policy may be another one since the version was prepared.
  app = {policy_.resolved(kj::mv(version)), kj::mv(deployment)};
  auto dir = openApp(key);
  if (auto* opened = std::get_if<kj::AutoCloseFd>(&dir)) collectGarbage(*opened, key);
  return Committed(app);
}

Deployment DiskAppRegistry::nextDeployment(const AppVersion& version, Target target) const {
  Deployment next;
  next.versionId = version.id;
  next.routes = kj::mv(target.routes);
  next.port = target.port;
  next.deployedMillis = nowMillis();
  auto live = apps_.find({version.tenant, version.app});
  const Deployment none;
  const Deployment& before = live == apps_.end() ? none : live->second.deployment;
  next.triggers = replacedTriggers(before.triggers, target.crons, next.deployedMillis);
  if (live == apps_.end()) return next;
  next.previous.push_back(before.versionId);
  for (const std::string& id : before.previous)
    next.previous.push_back(id);
  // A version that goes live again is not also one of the past.
  next.previous.erase(std::remove(next.previous.begin(), next.previous.end(), version.id),
                      next.previous.end());
  if (next.previous.size() > keptVersions_) next.previous.resize(keptVersions_);
  return next;
}

std::optional<DiskError> DiskAppRegistry::writeDeployment(const Key& key,
                                                          const Deployment& deployment) {
  auto dir = openApp(key);
  if (auto* error = std::get_if<DiskError>(&dir)) return *error;
  auto& appDir = std::get<kj::AutoCloseFd>(dir);
  auto there = VersionStore(state_, appDir, pathOf(key)).read(deployment.versionId);
  if (auto* error = std::get_if<DiskError>(&there)) return *error;
  std::string temp = state_.newTempName();
  std::string name = kDeployment;
  DurableWriter writer(state_.vfs());
  writer.file(state_.temp(), temp, deploymentText(deployment));
  writer.rename({state_.temp(), temp}, {appDir, name});
  if (writer.failed()) {
    removeTree(state_.vfs(), state_.temp(), temp);
    return writer.error();
  }
  writer.sync(appDir, "the app's directory");
  if (writer.failed()) unsure_[key] = deployment.versionId;
  return writer.error();
}

kj::Promise<AppRegistry::Committed> DiskAppRegistry::setCrons(const std::string& tenant,
                                                              const std::string& app,
                                                              std::vector<std::string> crons) {
  Key key{tenant, app};
  auto entry = apps_.find(key);
  if (entry == apps_.end()) return Committed(noSuchApp(app));
  Deployment deployment = entry->second.deployment;
  deployment.triggers = replacedTriggers(deployment.triggers, crons, nowMillis());
  if (auto error = writeDeployment(key, deployment)) return Committed(storageError(*error));
  unsure_.erase(key);
  entry->second.deployment = kj::mv(deployment);
  return Committed(entry->second);
}

kj::Promise<AppRegistry::Removed> DiskAppRegistry::remove(const std::string& tenant,
                                                          const std::string& app) {
  Key key{tenant, app};
  auto entry = apps_.find(key);
  if (entry == apps_.end()) return Removed(noSuchApp(app));
  auto dir = openApp(key);
  if (auto* error = std::get_if<DiskError>(&dir)) return Removed(storageError(*error));
  auto& appDir = std::get<kj::AutoCloseFd>(dir);
  // From here on a restart does not find the app, and removes what is left of it.
  DurableWriter writer(state_.vfs());
  writer.removeFile(appDir, kDeployment);
  writer.sync(appDir, "the app's directory");
  if (writer.failed()) return Removed(storageError(*writer.error()));
  DeployedApp removed = entry->second;
  apps_.erase(entry);
  unsure_.erase(key);
  removeDirectory(key);
  return Removed(removed);
}

void DiskAppRegistry::resolveAgain() {
  for (auto& entry : apps_)
    entry.second.version = policy_.resolved(entry.second.version);
}

void DiskAppRegistry::removeDirectory(const Key& key) {
  auto tenantDir = openDirectory(state_.apps(), key.first);
  if (std::holds_alternative<DiskError>(tenantDir)) return;
  auto error = state_.discard(std::get<kj::AutoCloseFd>(tenantDir), key.second);
  if (error) LOG(WARNING) << pathOf(key) << ": stays until the next start: " << error->message;
}

std::vector<std::string> DiskAppRegistry::wantedVersions(const Key& key) const {
  std::vector<std::string> wanted;
  auto live = apps_.find(key);
  if (live != apps_.end()) {
    wanted = live->second.deployment.previous;
    wanted.push_back(live->second.deployment.versionId);
  }
  auto unsure = unsure_.find(key);
  if (unsure != unsure_.end()) wanted.push_back(unsure->second);
  return wanted;
}

void DiskAppRegistry::collectGarbage(int appDir, const Key& key) {
  auto error = VersionStore(state_, appDir, pathOf(key)).keepOnly(wantedVersions(key));
  if (error) LOG(WARNING) << pathOf(key) << ": old versions stay for now: " << error->message;
}

std::variant<kj::AutoCloseFd, DiskError> DiskAppRegistry::openApp(const Key& key) {
  auto tenantDir = openDirectory(state_.apps(), key.first);
  if (auto* error = std::get_if<DiskError>(&tenantDir)) return *error;
  return openDirectory(std::get<kj::AutoCloseFd>(tenantDir), key.second);
}

std::string DiskAppRegistry::pathOf(const Key& key) const {
  return state_.path() + "/apps/" + key.first + "/" + key.second;
}

}  // namespace nano
