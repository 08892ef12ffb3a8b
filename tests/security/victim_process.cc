#include "tests/security/victim_process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstdio>

#include <kj/debug.h>

namespace nano {
namespace {

kj::AutoCloseFd openVictim() {
  char self[PATH_MAX];
  ssize_t size;
  KJ_SYSCALL(size = readlink("/proc/self/exe", self, sizeof self));
  std::string path(self, size);
  path.replace(path.rfind('/') + 1, std::string::npos, "nano_victim");
  int fd;
  KJ_SYSCALL(fd = open(path.c_str(), O_RDONLY | O_CLOEXEC), path);
  return kj::AutoCloseFd(fd);
}

Child start(std::vector<std::string> arguments, const std::vector<Layer>& spawned,
            kj::AutoCloseFd& log, kj::AutoCloseFd& line) {
  int logEnds[2];
  KJ_SYSCALL(pipe2(logEnds, O_CLOEXEC));
  log = kj::AutoCloseFd(logEnds[0]);
  kj::AutoCloseFd childLog(logEnds[1]);
  int lineEnds[2];
  KJ_SYSCALL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lineEnds));
  line = kj::AutoCloseFd(lineEnds[0]);
  kj::AutoCloseFd childLine(lineEnds[1]);
  int nullFd;
  KJ_SYSCALL(nullFd = open("/dev/null", O_RDWR | O_CLOEXEC));
  kj::AutoCloseFd null(nullFd);

  SpawnSpec spec;
  spec.programFd = victimFd();
  spec.arguments = std::move(arguments);
  spec.descriptors = {null, childLog, childLog, childLine, null, null};
  spec.weakened = spawned;
  return spawn(spec);
}

std::vector<std::string> withLayers(std::vector<std::string> arguments,
                                    const std::vector<Layer>& told) {
  arguments.insert(arguments.begin(), "nano_victim");
  for (Layer layer : told)
    arguments.push_back("--weaken=" + std::string(layerName(layer)));
  return arguments;
}

}  // namespace

VictimProcess::VictimProcess(std::vector<std::string> arguments, const std::vector<Layer>& spawned,
                             const std::vector<Layer>& told)
    : child_(start(withLayers(std::move(arguments), told), spawned, log_, line_)) {}

std::string VictimProcess::readLine() {
  std::string line;
  char byte;
  while (true) {
    ssize_t count;
    KJ_SYSCALL(count = read(log_, &byte, 1));
    if (count == 0) return line;
    output_ += byte;
    if (byte == '\n') return line;
    line += byte;
  }
}

ProcessEnd VictimProcess::finish() {
  line_ = nullptr;
  char bytes[4096];
  while (true) {
    ssize_t count;
    KJ_SYSCALL(count = read(log_, bytes, sizeof bytes));
    if (count == 0) return child_.reap();
    output_.append(bytes, count);
  }
}

int runInFork(const std::function<int()>& body) {
  pid_t pid;
  KJ_SYSCALL(pid = fork());
  if (pid == 0) {
    int code = 125;
    KJ_IF_MAYBE(exception, kj::runCatchingExceptions([&code, &body]() { code = body(); })) {
      fprintf(stderr, "%s\n", kj::str(*exception).cStr());
    }
    _exit(code);
  }
  int status;
  KJ_SYSCALL(waitpid(pid, &status, 0));
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int victimFd() {
  static const kj::AutoCloseFd kVictim = openVictim();
  return kVictim;
}

}  // namespace nano
