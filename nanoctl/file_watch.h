#pragma once

#include <map>
#include <memory>
#include <string>

#include <kj/io.h>

#include "nanoctl/result.h"

namespace nano {

// Tells when a file below a folder changes. node_modules, dist and hidden folders do not count, nor
// do hidden files but .dev.vars and .env: editors and bundlers write those.
class FileWatch final {
 public:
  static Result<std::unique_ptr<FileWatch>> start(const std::string& folder);

  // Another folder as well.
  void watch(const std::string& folder);

  // Readable when something happened.
  int fd() const { return inotify_; }
  // Takes what happened, waits until it has been quiet for a moment, and says whether any of it
  // counts.
  bool takeChanges();

 private:
  explicit FileWatch(kj::AutoCloseFd inotify) : inotify_(kj::mv(inotify)) {}
  bool takeAvailable();

  kj::AutoCloseFd inotify_;
  std::map<int, std::string> folders_;
};

}  // namespace nano
