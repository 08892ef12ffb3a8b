#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

namespace nano {

// Notices that a file is another one than it was, by one stat(2).
class FileWatch final {
 public:
  explicit FileWatch(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  // The first time; and whenever it has been written, replaced, made or removed since the last
  // time.
  bool hasChanged();

 private:
  struct Stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    int64_t seconds;
    int64_t nanoseconds;
    bool operator==(const Stamp&) const = default;
  };

  std::string path_;
  bool looked_ = false;
  // None: there is no such file.
  std::optional<Stamp> stamp_;
};

}  // namespace nano
