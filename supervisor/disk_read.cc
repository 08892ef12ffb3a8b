#include "supervisor/disk_read.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace nano {
namespace {

struct CloseDirectory {
  void operator()(DIR* stream) const { closedir(stream); }
};

}  // namespace

DiskError diskError(const std::string& what, int error) {
  return {"cannot " + what + ": " + std::string(strerrordesc_np(error))};
}

std::variant<kj::AutoCloseFd, DiskError> openDirectory(int parent, const std::string& name) {
  int fd = openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return diskError("open the directory " + name, errno);
  return kj::AutoCloseFd(fd);
}

std::variant<std::string, DiskError> readFile(int parent, const std::string& name,
                                              size_t maxBytes) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  kj::AutoCloseFd fd(openat(parent, name.c_str(), kFlags));
  if (fd.get() < 0) return diskError("open " + name, errno);
  struct stat info {};
  if (fstat(fd, &info) != 0) return diskError("look at " + name, errno);
  if (!S_ISREG(info.st_mode)) return DiskError{name + " is not a regular file"};
  if (static_cast<size_t>(info.st_size) > maxBytes) {
    return DiskError{name + " has " + std::to_string(info.st_size) + " bytes, more than the " +
                     std::to_string(maxBytes) + " it may have"};
  }
  std::string content(static_cast<size_t>(info.st_size), '\0');
  size_t filled = 0;
  while (filled < content.size()) {
    ssize_t got = read(fd, content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return diskError("read " + name, errno);
    if (got == 0) return DiskError{name + " became shorter while it was read"};
    filled += static_cast<size_t>(got);
  }
  return content;
}

std::variant<std::vector<std::string>, DiskError> directoryEntries(int dir) {
  // fdopendir takes its descriptor over, and a duplicate would share the read position.
  int own = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return diskError("open a directory", errno);
  std::unique_ptr<DIR, CloseDirectory> stream(fdopendir(own));
  if (stream == nullptr) {
    int error = errno;
    close(own);
    return diskError("list a directory", error);
  }
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = readdir(stream.get());
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) return diskError("list a directory", errno);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace nano
