#include "sandbox/cgroup_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <memory>

#include <kj/debug.h>

namespace nano {

// 0755 less the umask. The files of a group have modes of the kernel's own choice.
const DirectoryCalls kKernelDirectoryCalls = {
    [](int parent, const char* name) { return mkdirat(parent, name, 0755); },
    [](int parent, const char* name) { return unlinkat(parent, name, AT_REMOVEDIR); },
};

CgroupDirectory::CgroupDirectory(kj::AutoCloseFd fd, std::string path, const DirectoryCalls& calls)
    : fd_(kj::mv(fd)),
      path_(std::move(path)),
      calls_(calls) {}

std::variant<CgroupDirectory, int> CgroupDirectory::openAt(int parent, const std::string& name,
                                                           std::string path,
                                                           const DirectoryCalls& calls) {
  int fd = openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return errno;
  return CgroupDirectory(kj::AutoCloseFd(fd), std::move(path), calls);
}

std::variant<CgroupDirectory, int> CgroupDirectory::open(const std::string& path,
                                                         const DirectoryCalls& calls) {
  return openAt(AT_FDCWD, path, path, calls);
}

std::variant<CgroupDirectory, int> CgroupDirectory::openGroup(const std::string& name) const {
  return openAt(fd_, name, path_ + "/" + name, calls_);
}

std::optional<std::string> CgroupDirectory::read(const char* file) const {
  int fd = openat(fd_, file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  kj::AutoCloseFd owned(fd);
  std::string text;
  char buffer[4096];
  for (;;) {
    ssize_t size = ::read(owned, buffer, sizeof buffer);
    if (size < 0) return std::nullopt;
    if (size == 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

std::optional<uint64_t> CgroupDirectory::readNumber(const char* file, std::string_view key) const {
  auto text = read(file);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  // Keys stand at the beginning of a line and end with a space.
  while (!key.empty() && !(rest.starts_with(key) && rest.substr(key.size()).starts_with(' '))) {
    size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
  }
  if (!key.empty()) rest.remove_prefix(key.size() + 1);
  uint64_t number = 0;
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

std::variant<kj::AutoCloseFd, int> CgroupDirectory::openToWrite(const char* file) const {
  int fd = openat(fd_, file, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  return kj::AutoCloseFd(fd);
}

int CgroupDirectory::write(const char* file, std::string_view text) const {
  auto opened = openToWrite(file);
  if (auto* error = std::get_if<int>(&opened)) return *error;
  ssize_t size = ::write(std::get<kj::AutoCloseFd>(opened), text.data(), text.size());
  return size < 0 ? errno : 0;
}

bool CgroupDirectory::has(const char* file) const { return faccessat(fd_, file, F_OK, 0) == 0; }

int CgroupDirectory::makeGroup(const std::string& name) const {
  return calls_.make(fd_, name.c_str()) < 0 ? errno : 0;
}

int CgroupDirectory::removeGroup(const std::string& name) const {
  return calls_.remove(fd_, name.c_str()) < 0 ? errno : 0;
}

std::vector<std::string> CgroupDirectory::groups() const {
  std::vector<std::string> names;
  // Through a descriptor of its own: the position in a directory belongs to the open file.
  int copy = openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return names;
  std::unique_ptr<DIR, int (*)(DIR*)> listing(fdopendir(copy), closedir);
  KJ_ASSERT(listing != nullptr);
  while (dirent* entry = readdir(listing.get())) {
    std::string name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") names.push_back(std::move(name));
  }
  return names;
}

int CgroupDirectory::giveTo(uid_t uid, gid_t gid) const {
  return fchown(fd_, uid, gid) < 0 ? errno : 0;
}

int CgroupDirectory::giveTo(uid_t uid, gid_t gid, const char* file) const {
  return fchownat(fd_, file, uid, gid, AT_SYMLINK_NOFOLLOW) < 0 ? errno : 0;
}

bool CgroupDirectory::lock() const { return flock(fd_, LOCK_EX | LOCK_NB) == 0; }

bool CgroupDirectory::isStillAt(const CgroupDirectory& parent, const std::string& name) const {
  struct stat ours = {};
  struct stat named = {};
  return fstat(fd_, &ours) == 0 &&
         fstatat(parent.fd(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

}  // namespace nano
