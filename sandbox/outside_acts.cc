#include "sandbox/outside_acts.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nano {
namespace {

// Refused before any peer is asked: the network namespace has no interface that is up. Port 9 is
// discard; connecting a datagram socket sends nothing.
long connectToLoopback() {
  int network = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (network < 0) return -1;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(network, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

// The first process of the namespace is this one's parent or itself; another number is somebody
// outside. 0: there is such a process.
long seeAnotherProcess() {
  for (pid_t other = 2; other < 400; ++other) {
    if (other != getpid() && syscall(SYS_pidfd_open, other, 0) >= 0) return 0;
  }
  return -1;
}

constexpr OutsideAct kActs[] = {
    // By the empty root, and by Landlock where that is left out.
    {"outside_read_file", {}, [] { return long{open("/etc/passwd", O_RDONLY | O_CLOEXEC)}; }},
    {"outside_read_proc", {}, [] { return long{open("/proc/self/maps", O_RDONLY | O_CLOEXEC)}; }},
    {"outside_create_file",
     {},
     [] { return long{open("/tmp/x", O_CREAT | O_RDWR | O_CLOEXEC, 0600)}; }},
    {"outside_create_in_root",
     {},
     [] { return long{open("/x", O_CREAT | O_RDWR | O_CLOEXEC, 0600)}; }},
    // By the lack of capabilities.
    {"outside_mount", {}, [] { return long{mount("none", "/", "tmpfs", 0, nullptr)}; }},
    {"outside_chroot", {}, [] { return long{chroot("/")}; }},
    {"outside_host_name", {}, [] { return long{sethostname("x", 1)}; }},
    {"outside_other_user", {}, [] { return syscall(SYS_setresuid, 1, 1, 1); }},
    {"outside_network", Layer::kNetNamespace, connectToLoopback},
    {"outside_other_process", Layer::kPidNamespace, seeAnotherProcess},
};

}  // namespace

std::span<const OutsideAct> outsideActs() { return kActs; }

}  // namespace nano
