#include "sandbox/namespaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include <kj/io.h>

#include "sandbox/step.h"

namespace nano {
namespace {

// "INSIDE OUTSIDE COUNT": one user, who is not the host's root. The initial namespace has
// "0 0 4294967295".
void requireOneMappedUser() {
  std::ifstream file("/proc/self/uid_map");
  unsigned long inside = 0;
  unsigned long outside = 0;
  unsigned long count = 0;
  if (!(file >> inside >> outside >> count)) failStep("user namespace", "cannot read uid_map");
  std::string more;
  if (count != 1 || inside != 0 || file >> more) {
    failStep("user namespace", "there is none of our own: start this program by spawn()");
  }
  if (outside == 0) failStep("user namespace", "it is mapped to the host's root");
}

void requireUnprivilegedUser() {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  mustSucceed("getresuid", getresuid(&real, &effective, &saved));
  if (real == 0 || effective == 0 || saved == 0) {
    failStep("user", "root without a user namespace");
  }
}

void requireEmptyRoot() {
  DIR* root = opendir("/");
  if (root == nullptr) failStep("look at the new root", errno);
  while (true) {
    errno = 0;
    const dirent* entry = readdir(root);
    if (entry == nullptr) break;
    std::string_view name = entry->d_name;
    if (name != "." && name != "..") failStep("look at the new root", "it is not empty");
  }
  if (errno != 0) failStep("look at the new root", errno);
  closedir(root);
}

}  // namespace

void requireSpawnedNamespaces(const std::vector<Layer>& weakened) {
  if (isWeakened(weakened, Layer::kUserNamespace)) {
    requireUnprivilegedUser();
  } else {
    requireOneMappedUser();
  }
  if (!isWeakened(weakened, Layer::kPidNamespace) && getpid() != 1) {
    failStep("pid namespace", "there is none of our own: start this program by spawn()");
  }
}

void unshareNamespaces(const std::vector<Layer>& weakened) {
  int flags = 0;
  if (!isWeakened(weakened, Layer::kMountNamespace)) flags |= CLONE_NEWNS;
  if (!isWeakened(weakened, Layer::kNetNamespace)) {
    flags |= CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  }
  mustSucceed("unshare namespaces", unshare(flags));
  if ((flags & CLONE_NEWUTS) != 0) mustSucceed("host name", sethostname("nano", 4));
}

bool forbidNestedNamespaces() {
  for (const char* kind : {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}) {
    char path[64];
    snprintf(path, sizeof path, "/proc/sys/user/max_%s_namespaces", kind);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
      if (errno == ENOENT) continue;  // this kernel has no such kind
      return false;
    }
    kj::AutoCloseFd file(fd);
    if (write(file, "0", 1) != 1) return false;
  }
  return true;
}

void enterEmptyRoot() {
  // Nothing we mount may reach the namespace we came from.
  mustSucceed("make mounts private", mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
  // Over /proc, a directory that is certainly there. One page and its root's inode: nothing could
  // be made in it even if it were writable.
  constexpr unsigned long kInert = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  mustSucceed("mount empty root",
              mount("none", "/proc", "tmpfs", kInert, "size=4k,nr_inodes=2,mode=555"));
  mustSucceed("enter empty root", chdir("/proc"));
  // "." twice puts the old root on top of the new one, where it can be taken off at once.
  mustSucceed("pivot_root", syscall(SYS_pivot_root, ".", "."));
  mustSucceed("unmount old root", umount2(".", MNT_DETACH));
  mustSucceed("change to new root", chdir("/"));
  mustSucceed("make root read-only",
              mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | kInert, nullptr));
  requireEmptyRoot();
}

}  // namespace nano
