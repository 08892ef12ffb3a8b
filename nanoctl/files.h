#pragma once

#include <string>

#include "nanoctl/result.h"

namespace nano {

bool fileExists(const std::string& path);
bool isDirectory(const std::string& path);
// Whether an app's folder can be there: a failure says what is.
Result<Done> checkFolder(const std::string& path);
// The whole file, at most 100 MB (the largest bundle any of the limits allows).
Result<std::string> readFile(const std::string& path);
// Without "." and ".." and doubled slashes: "src/./a/../b.js" is "src/b.js". Keeps a leading "..".
std::string normalPath(const std::string& path);
// What comes before the last slash; empty where there is none.
std::string parentOf(const std::string& path);

// A directory of our own that goes, with all in it, when this goes.
class TemporaryDirectory final {
 public:
  static Result<TemporaryDirectory> make();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace nano
