#pragma once

#include <filesystem>
#include <string>

#include <kj/debug.h>

namespace nano {

// For tests: a directory of their own, gone at the end.
class TemporaryDirectory final {
 public:
  TemporaryDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "nano-test-XXXXXX").string();
    KJ_ASSERT(mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string below(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace nano
