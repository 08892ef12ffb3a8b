#include "supervisor/vfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace nano {
namespace {

// The result of a system call as Vfs gives it, asked again when a signal came between.
template <typename Call>
auto retried(Call&& call) {
  while (true) {
    auto result = call();
    if (result >= 0) return result;
    if (errno != EINTR) return static_cast<decltype(result)>(-errno);
  }
}

}  // namespace

Vfs::Opened RealVfs::create(int dir, const std::string& name) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int fd = retried([dir, &name] { return openat(dir, name.c_str(), kFlags, 0600); });
  if (fd < 0) return {kj::AutoCloseFd(), -fd};
  return {kj::AutoCloseFd(fd), 0};
}

int RealVfs::makeDirectory(int dir, const std::string& name) {
  return retried([dir, &name] { return mkdirat(dir, name.c_str(), 0700); });
}

ssize_t RealVfs::write(int fd, std::span<const std::byte> bytes) {
  return retried([fd, bytes] { return ::write(fd, bytes.data(), bytes.size()); });
}

// Not asked again after an error: the kernel forgets what it could not write, so that a second
// fsync says yes to lost data (hostile case D14).
int RealVfs::sync(int fd) {
  return retried([fd] { return fsync(fd); });
}

int RealVfs::rename(Place from, Place to) {
  return retried(
      [from, to] { return renameat(from.dir, from.name.c_str(), to.dir, to.name.c_str()); });
}

int RealVfs::removeFile(int dir, const std::string& name) {
  return retried([dir, &name] { return unlinkat(dir, name.c_str(), 0); });
}

int RealVfs::removeDirectory(int dir, const std::string& name) {
  return retried([dir, &name] { return unlinkat(dir, name.c_str(), AT_REMOVEDIR); });
}

}  // namespace nano
