#include "supervisor/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <kj/debug.h>

namespace nano {
namespace {

// Nobody but the owner may enter: versions hold secrets.
std::optional<std::string> ownershipProblem(const std::string& path, int fd) {
  struct stat info {};
  KJ_SYSCALL(fstat(fd, &info));
  if (info.st_uid != geteuid()) {
    return "the state directory " + path + " belongs to user " + std::to_string(info.st_uid) +
           ", but nanod runs as user " + std::to_string(geteuid()) +
           ": give it to that user or choose another with --state";
  }
  if ((info.st_mode & 077) != 0 && fchmod(fd, 0700) != 0) {
    return diskError("close the state directory " + path + " to others (chmod 700)", errno).message;
  }
  return std::nullopt;
}

}  // namespace

std::variant<std::unique_ptr<StateDir>, std::string> StateDir::open(const std::string& path,
                                                                    Vfs& vfs) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return diskError("make the state directory " + path, errno).message +
           ": make it (install -d -m 700 -o " + std::to_string(geteuid()) + " " + path +
           ") or choose another with --state";
  }
  kj::AutoCloseFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd.get() < 0) return diskError("open the state directory " + path, errno).message;
  if (auto problem = ownershipProblem(path, fd)) return *problem;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return diskError("lock the state directory " + path, errno).message;
    }
    return "the state directory " + path +
           " is in use by another nanod: stop that one, or choose another with --state";
  }
  std::unique_ptr<char, decltype(&free)> absolute(realpath(path.c_str(), nullptr), &free);
  if (absolute == nullptr) return diskError("find the state directory " + path, errno).message;
  std::unique_ptr<StateDir> state(new StateDir(absolute.get(), kj::mv(fd), vfs));
  if (auto problem = state->prepare()) return *problem;
  return state;
}

StateDir::StateDir(std::string path, kj::AutoCloseFd fd, Vfs& vfs)
    : path_(std::move(path)),
      fd_(kj::mv(fd)),
      vfs_(vfs) {}

std::optional<std::string> StateDir::prepare() {
  DurableWriter writer(vfs_);
  apps_ = writer.durableDirectory(fd_, "apps");
  temp_ = writer.durableDirectory(fd_, "tmp");
  if (writer.failed()) return "state directory " + path_ + ": " + writer.error()->message;
  auto stray = directoryEntries(temp_);
  if (auto* error = std::get_if<DiskError>(&stray)) {
    return "state directory " + path_ + "/tmp: " + error->message;
  }
  for (const std::string& name : std::get<std::vector<std::string>>(stray)) {
    if (auto error = removeTree(vfs_, temp_, name)) {
      return "state directory " + path_ + "/tmp: " + error->message;
    }
  }
  return std::nullopt;
}

std::optional<DiskError> StateDir::discard(int parent, const std::string& name) {
  std::string temp = newTempName();
  DurableWriter writer(vfs_);
  writer.rename({parent, name}, {temp_, temp});
  if (writer.failed()) return writer.error();
  return removeTree(vfs_, temp_, temp);
}

}  // namespace nano
