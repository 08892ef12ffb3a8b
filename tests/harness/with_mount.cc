// Runs a program that sees an empty file system of its own in the place of a directory: a disk that
// is small, a /dev without devices; or another file in the place of one.
//
//   nano_with_mount OPTIONS DIRECTORY PROGRAM ARGUMENTS...
//   nano_with_mount bind=OTHER FILE PROGRAM ARGUMENTS...
//
// OPTIONS are tmpfs's. The directory keeps its owner and mode. Nobody else sees the mount.

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace {

void must(bool worked, const char* what) {
  if (worked) return;
  fprintf(stderr, "nano_with_mount: %s: %s\n", what, strerror(errno));
  exit(3);
}

void writeFile(const char* path, const std::string& text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  must(fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()), path);
  close(fd);
}

std::string mapOf(unsigned id) { return std::to_string(id) + " " + std::to_string(id) + " 1"; }

// Who is not root may mount in a user namespace; there it is the same user as outside.
void enterNamespaces() {
  uid_t uid = geteuid();
  gid_t gid = getegid();
  must(unshare(uid == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) == 0, "unshare");
  if (uid == 0) return;
  writeFile("/proc/self/setgroups", "deny");
  writeFile("/proc/self/uid_map", mapOf(uid));
  writeFile("/proc/self/gid_map", mapOf(gid));
}

void mountEmpty(const char* options, const char* directory) {
  struct stat before {};
  must(stat(directory, &before) == 0, directory);
  must(mount("tmpfs", directory, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0, "mount");
  must(chown(directory, before.st_uid, before.st_gid) == 0 &&
           chmod(directory, before.st_mode & 07777) == 0,
       "chown");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fprintf(stderr, "nano_with_mount OPTIONS DIRECTORY PROGRAM ARGUMENTS...\n");
    return 2;
  }
  enterNamespaces();
  must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "make mounts private");
  if (strncmp(argv[1], "bind=", 5) == 0) {
    must(mount(argv[1] + 5, argv[2], nullptr, MS_BIND, nullptr) == 0, argv[2]);
  } else {
    mountEmpty(argv[1], argv[2]);
  }
  execv(argv[3], argv + 3);
  must(false, argv[3]);
}
