#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <kj/array.h>

#include "supervisor/app_manifest.h"
#include "supervisor/app_version.h"
#include "supervisor/state_dir.h"

namespace nano {

// The versions of one app on disk: immutable directories named after their content.
class VersionStore final {
 public:
  // `appDir` is apps/TENANT/APP; `path` is its absolute path. Both outlive the store, as `state`.
  VersionStore(StateDir& state, int appDir, std::string path);

  using Result = std::variant<std::shared_ptr<const AppVersion>, DiskError>;

  // Writes a sealed upload. When this returns the version is whole and survives a power cut. What
  // is there already under this id is checked, and replaced if it is damaged.
  Result write(const AppUpload& upload);

  // Reads the version's manifest and checks it against its id.
  Result read(const std::string& id);

  std::optional<DiskError> remove(const std::string& id);

  // Removes every version but these. Stops at the first error.
  std::optional<DiskError> keepOnly(const std::vector<std::string>& ids);

 private:
  void writeTree(DurableWriter& writer, int dir, const AppUpload& upload);
  bool isWhole(const AppUpload& upload);

  StateDir& state_;
  int appDir_;
  std::string path_;
};

// The modules' contents in the order of version.modules, each checked against its size and hash; a
// string says what is wrong on the disk. Safe on every thread.
std::variant<std::vector<kj::Array<kj::byte>>, std::string> loadModules(const AppVersion& version);

}  // namespace nano
