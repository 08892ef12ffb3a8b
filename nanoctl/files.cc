#include "nanoctl/files.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace nano {

namespace fs = std::filesystem;

namespace {

constexpr uintmax_t kMaxFileBytes = 100 << 20;

}  // namespace

bool fileExists(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool isDirectory(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

Result<Done> checkFolder(const std::string& path) {
  if (isDirectory(path)) return Done{};
  if (!fileExists(path)) return Failure{path + ": there is no such folder"};
  return Failure{path +
                 " is a file: give the app's folder, and name the file by `main` in its "
                 "wrangler.jsonc where it is not index.js"};
}

Result<std::string> readFile(const std::string& path) {
  std::error_code error;
  auto size = fs::file_size(path, error);
  if (error) return Failure{path + ": " + error.message()};
  if (size > kMaxFileBytes) return Failure{path + ": the file is larger than 100 MB"};
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Failure{path + ": cannot be read: " + strerror(errno)};
  return text.str();
}

std::string normalPath(const std::string& path) {
  return fs::path(path).lexically_normal().string();
}

std::string parentOf(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

Result<TemporaryDirectory> TemporaryDirectory::make() {
  std::error_code error;
  std::string path = (fs::temp_directory_path(error) / "nanoctl-XXXXXX").string();
  if (error) return Failure{"no folder for temporary files: " + error.message()};
  if (mkdtemp(path.data()) == nullptr) return Failure{path + ": " + strerror(errno)};
  return TemporaryDirectory(path);
}

TemporaryDirectory::~TemporaryDirectory() {
  if (path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace nano
