#pragma once

#include <sys/types.h>

#include <string>
#include <variant>

#include <kj/io.h>

namespace nano {

// The unix socket on which the control API listens. Whoever can connect can deploy code, so the
// file is its owner's alone from its first moment, and nothing but a socket nobody answers on is
// ever replaced. Removes its file at the end.
class AdminSocket final {
 public:
  // A string says why not and what to do. Call it before other threads make files: the process's
  // umask is narrowed for a moment.
  static std::variant<AdminSocket, std::string> listen(const std::string& path);
  AdminSocket(AdminSocket&& other) noexcept;
  AdminSocket& operator=(AdminSocket&&) = delete;
  ~AdminSocket();

  // Listening, non-blocking.
  int fd() const { return fd_; }

 private:
  AdminSocket(kj::AutoCloseFd directory, std::string name, kj::AutoCloseFd fd, ino_t inode);

  kj::AutoCloseFd directory_;
  std::string name_;
  kj::AutoCloseFd fd_;
  ino_t inode_;
};

// Whether the process at the other end of a connection may use the control API: the kernel says it
// runs as `uid` or as root.
bool peerAllowed(int fd, uid_t uid);

}  // namespace nano
