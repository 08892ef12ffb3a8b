#include "tests/hostile/evil_process.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "protocol/process.h"
#include "sandbox/hostile_acts.h"

namespace nano::test {
namespace {

constexpr std::string_view kSyscall = "syscall-";

std::string runSyscall(std::string_view name) {
  for (const HostileAct& act : hostileActs()) {
    if (act.name != name) continue;
    errno = 0;
    long result = act.run();
    return "survived with " + std::to_string(result) + ", errno " + std::to_string(errno);
  }
  return "there is no such act";
}

// W19: descriptors on the RPC socket. The sender needs no more than it has: copies of it.
std::string sendDescriptors(size_t count) {
  constexpr size_t kMost = 253;  // SCM_MAX_FD
  alignas(cmsghdr) static char control[CMSG_SPACE(kMost * sizeof(int))];
  static int sent[kMost];
  for (int& fd : sent)
    fd = kRpcFd;
  char byte = 0;
  iovec bytes{&byte, 1};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(header), sent, count * sizeof(int));
  ssize_t size = sendmsg(kRpcFd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return "sendmsg gave " + std::to_string(size) + ", errno " + std::to_string(errno);
}

[[noreturn]] void spin() {
  while (true)
    asm volatile("");
}

// W24: memory that is really there, not V8's and in nobody's budget. No faster than a look at it a
// few times a second can follow, for machines without cgroups.
[[noreturn]] void balloon() {
  constexpr size_t kPiece = size_t{1} << 20;
  while (true) {
    void* piece = mmap(nullptr, kPiece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (piece != MAP_FAILED) memset(piece, 1, kPiece);
    timespec oneMillisecond{0, 1'000'000};
    nanosleep(&oneMillisecond, nullptr);
  }
}

// Its stdout and stderr are a pipe to nanod's log.
std::string floodOutput() {
  const std::string line = "\x1b[2J\x1b]0;owned\x07" + std::string(3000, 'A') + "\xff\xfe\n";
  for (int i = 0; i < 4000; ++i) {
    if (write(STDERR_FILENO, line.data(), line.size()) < 0) break;
  }
  return "the log is full";
}

}  // namespace

std::string runProcessAct(std::string_view act) {
  if (act.substr(0, kSyscall.size()) == kSyscall) return runSyscall(act.substr(kSyscall.size()));
  if (act == "send-1-descriptor") return sendDescriptors(1);
  if (act == "send-10-descriptors") return sendDescriptors(10);
  if (act == "send-253-descriptors") return sendDescriptors(253);
  if (act == "exit-0") _exit(0);
  if (act == "exit-1") _exit(1);
  if (act == "abort") abort();
  if (act == "illegal") __builtin_trap();
  if (act == "segv") *reinterpret_cast<volatile int*>(8) = 1;  // NOLINT: the act itself.
  if (act == "spin") spin();
  if (act == "balloon") balloon();
  if (act == "flood-output") return floodOutput();
  if (act == "close-link") {
    close(kRpcFd);
    spin();
  }
  if (act == "shutdown-link") {
    shutdown(kRpcFd, SHUT_WR);
    spin();
  }
  return {};
}

}  // namespace nano::test
