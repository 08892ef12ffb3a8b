#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include <kj/io.h>

#include "supervisor/durable_writer.h"
#include "supervisor/vfs.h"

namespace nano {

// nanod's directory on disk, held by one process at a time:
//
//   apps/TENANT/APP/deployment.json            what is live
//   apps/TENANT/APP/versions/ID/manifest.json  one version
//   apps/TENANT/APP/versions/ID/modules/PATH   its modules
//   cron.json                                  up to when cron triggers were begun
//   tmp/N                                      unfinished or unwanted; emptied at start
//
// All of it is reached from the descriptors here, one component at a time, never through a link.
class StateDir final {
 public:
  // Makes the directory where it is missing, takes its lock and empties tmp. A string says why not
  // and what to do. `vfs` outlives the result.
  static std::variant<std::unique_ptr<StateDir>, std::string> open(const std::string& path,
                                                                   Vfs& vfs);
  StateDir(const StateDir&) = delete;
  StateDir& operator=(const StateDir&) = delete;

  // Absolute.
  const std::string& path() const { return path_; }
  Vfs& vfs() { return vfs_; }
  int root() const { return fd_; }
  int apps() const { return apps_; }
  int temp() const { return temp_; }

  // A name that is free in temp().
  std::string newTempName() { return std::to_string(++lastTemp_); }

  // Takes `name` away from `parent` in one step, then removes it. What is left in temp() by an
  // error goes at the next start. Not synced: a power cut may bring it back in part, so this is for
  // what nothing refers to.
  std::optional<DiskError> discard(int parent, const std::string& name);

 private:
  StateDir(std::string path, kj::AutoCloseFd fd, Vfs& vfs);
  std::optional<std::string> prepare();

  std::string path_;
  kj::AutoCloseFd fd_;  // Holds the lock.
  Vfs& vfs_;
  kj::AutoCloseFd apps_;
  kj::AutoCloseFd temp_;
  uint64_t lastTemp_ = 0;
};

}  // namespace nano
