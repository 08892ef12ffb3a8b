#include "supervisor/worker_files.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include <kj/debug.h>

// Linux 6.3; Debian 12's headers are older. Refused with EINVAL where the kernel is older too.
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

namespace nano {

namespace {

constexpr char kOwnFile[] =
    "; nanod's own files are not complete: run 'make build', or install it again";
constexpr char kDevice[] = "; a worker's stdin is that device: /dev is not as it should be";

// `advice` follows the reason why it cannot be opened.
kj::AutoCloseFd openRequired(const std::string& path, const char* advice = kOwnFile) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    kj::throwFatalException(
        kj::Exception(kj::Exception::Type::FAILED, __FILE__, __LINE__,
                      kj::str("cannot open ", path.c_str(), ": ", strerror(errno), advice)));
  }
  return kj::AutoCloseFd(fd);
}

kj::AutoCloseFd newMemfd(const char* name) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  KJ_SYSCALL(fd, "memfd_create");
  return kj::AutoCloseFd(fd);
}

}  // namespace

kj::AutoCloseFd sealedCopy(const char* name, int fromFd) {
  struct stat info {};
  KJ_SYSCALL(fstat(fromFd, &info));
  kj::AutoCloseFd copy = newMemfd(name);
  off_t offset = 0;
  while (offset < info.st_size) {
    ssize_t sent = 0;
    KJ_SYSCALL(sent = sendfile(copy, fromFd, &offset, info.st_size - offset));
    KJ_REQUIRE(sent > 0, "the file shrank while it was copied", name);
  }
  KJ_SYSCALL(fcntl(copy, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL));
  return copy;
}

WorkerFiles openWorkerFiles(const std::string& libDirectory) {
  WorkerFiles files;
  files.engine = openRequired(libDirectory + "/engine");
  files.program = openRequired(libDirectory + "/nano-worker.so");
  auto snapshot = openRequired(libDirectory + "/nano.snapshot");
  files.snapshot = sealedCopy("nano.snapshot", snapshot);
  auto library = openRequired(libDirectory + "/nano.library");
  files.library = sealedCopy("nano.library", library);
  files.canary = openRequired(libDirectory + "/nano-canary");
  files.devNull = openRequired("/dev/null", kDevice);
  return files;
}

std::string defaultLibDirectory() {
  char self[PATH_MAX];
  ssize_t length = 0;
  KJ_SYSCALL(length = readlink("/proc/self/exe", self, sizeof self));
  std::string path(self, static_cast<size_t>(length));
  return path.substr(0, path.rfind('/')) + "/../lib/nano";
}

}  // namespace nano
