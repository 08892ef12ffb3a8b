#include "supervisor/admin_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <kj/debug.h>

#include "supervisor/disk_read.h"

namespace nano {
namespace {

// Connections that wait to be accepted (hostile case D19: a cap of 16).
constexpr int kBacklog = 16;

// The socket's name below a directory that is already open: whoever swaps the directory by then
// does not move us.
sockaddr_un addressBelow(int directory, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + name;
  KJ_REQUIRE(path.size() < sizeof(address.sun_path));
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

kj::AutoCloseFd unixSocket() {
  int fd = -1;
  KJ_SYSCALL(fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return kj::AutoCloseFd(fd);
}

std::optional<std::string> directoryProblem(const std::string& path, int directory) {
  struct stat info {};
  KJ_SYSCALL(fstat(directory, &info));
  if (info.st_uid != geteuid() && info.st_uid != 0) {
    return "the directory " + path + " belongs to user " + std::to_string(info.st_uid) +
           ": put the admin socket into a directory of nanod's own user";
  }
  if ((info.st_mode & S_IWOTH) != 0) {
    return "every user may write to the directory " + path +
           ": put the admin socket into one of nanod's own (mode 0700)";
  }
  return std::nullopt;
}

// Makes room for the socket: nothing at its name, or a socket that nobody answers on.
std::optional<std::string> clearName(const std::string& path, int directory,
                                     const std::string& name) {
  struct stat info {};
  if (fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::nullopt;
    return diskError("look at " + path, errno).message;
  }
  if (!S_ISSOCK(info.st_mode)) {
    return path + " is there and is not a socket: remove it or choose another --admin";
  }
  kj::AutoCloseFd probe = unixSocket();
  sockaddr_un address = addressBelow(directory, name);
  if (connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 ||
      errno != ECONNREFUSED) {
    return "another process answers on " + path + ": stop it or choose another --admin";
  }
  if (unlinkat(directory, name.c_str(), 0) != 0) {
    return diskError("remove the stale socket " + path, errno).message;
  }
  return std::nullopt;
}

std::optional<std::string> bindBelow(const std::string& path, int fd, int directory,
                                     const std::string& name) {
  sockaddr_un address = addressBelow(directory, name);
  mode_t before = umask(0177);
  int result = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  int error = errno;
  umask(before);
  if (result != 0) return diskError("make the admin socket " + path, error).message;
  return std::nullopt;
}

// Whether `path` still leads to what was just made below the open directory.
bool leadsTo(const std::string& path, ino_t inode) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode) && info.st_ino == inode;
}

}  // namespace

std::variant<AdminSocket, std::string> AdminSocket::listen(const std::string& path) {
  size_t slash = path.rfind('/');
  std::string parent =
      slash == std::string::npos ? "." : path.substr(0, std::max<size_t>(slash, 1));
  std::string name = path.substr(slash + 1);
  constexpr size_t kMaxSocketName = 64;  // sun_path has 108 bytes; a client binds no /proc path.
  if (name.empty() || name == "." || name == ".." || name.size() > kMaxSocketName ||
      path.size() >= sizeof(sockaddr_un::sun_path)) {
    return "--admin=" + path + " is no path for a unix socket: at most 107 bytes, its name 64";
  }
  kj::AutoCloseFd directory(open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) {
    return diskError("open " + parent, errno).message +
           ": make this directory for nanod's own user (install -d -m 700 -o " +
           std::to_string(geteuid()) + " " + parent + ") or choose another --admin";
  }
  if (auto problem = directoryProblem(parent, directory)) return *problem;
  if (auto problem = clearName(path, directory, name)) return *problem;
  kj::AutoCloseFd fd = unixSocket();
  if (auto problem = bindBelow(path, fd, directory, name)) return *problem;
  struct stat info {};
  if (fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      !leadsTo(path, info.st_ino)) {
    return path + " changed while the admin socket was made: somebody else writes there";
  }
  KJ_SYSCALL(::listen(fd, kBacklog));
  return AdminSocket(kj::mv(directory), name, kj::mv(fd), info.st_ino);
}

AdminSocket::AdminSocket(kj::AutoCloseFd directory, std::string name, kj::AutoCloseFd fd,
                         ino_t inode)
    : directory_(kj::mv(directory)),
      name_(std::move(name)),
      fd_(kj::mv(fd)),
      inode_(inode) {}

AdminSocket::AdminSocket(AdminSocket&& other) noexcept
    : directory_(kj::mv(other.directory_)),
      name_(std::move(other.name_)),
      fd_(kj::mv(other.fd_)),
      inode_(other.inode_) {}

AdminSocket::~AdminSocket() {
  struct stat info {};
  if (directory_.get() < 0) return;
  if (fstatat(directory_, name_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (info.st_ino == inode_) unlinkat(directory_, name_.c_str(), 0);
}

bool peerAllowed(int fd, uid_t uid) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == uid || peer.uid == 0;
}

}  // namespace nano
