#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kj/io.h>

#include "supervisor/disk_read.h"
#include "supervisor/vfs.h"

namespace nano {

// A sequence of changes to the disk. The first failure sticks: no later step does anything, so that
// a sequence is written straight down and error() is asked once, at its end.
//
// Only what was synced survives a power cut: a file's bytes by its own sync, which file() does; its
// name by the sync of its directory, which is the caller's.
class DurableWriter final {
 public:
  // `vfs` outlives the writer.
  explicit DurableWriter(Vfs& vfs) : vfs_(vfs) {}

  // Opens `name` below `parent`, made if it is not there; no descriptor after a failure.
  kj::AutoCloseFd directory(int parent, const std::string& name);
  // Like directory(), and the name survives a power cut.
  kj::AutoCloseFd durableDirectory(int parent, const std::string& name);
  // Makes the file, which must not exist, and syncs its bytes.
  void file(int parent, const std::string& name, std::string_view content);
  void sync(int dir, const std::string& name);
  // A file that is not there counts as removed.
  void removeFile(int parent, const std::string& name);
  // Replaces what is at `to`.
  void rename(Vfs::Place from, Vfs::Place to);

  bool failed() const { return error_.has_value(); }
  const std::optional<DiskError>& error() const { return error_; }

 private:
  void fail(const std::string& what, int error);

  Vfs& vfs_;
  std::optional<DiskError> error_;
};

// Removes a file or a whole directory; what is not there counts as removed. Goes no deeper than
// versions do, and leaves the rest where it meets an error.
std::optional<DiskError> removeTree(Vfs& vfs, int parent, const std::string& name);

}  // namespace nano
