#include "tests/harness/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include <kj/debug.h>

namespace nano::test {

namespace {

struct Pipe {
  kj::AutoCloseFd readEnd;
  kj::AutoCloseFd writeEnd;
};

Pipe makePipe() {
  int fds[2];
  KJ_SYSCALL(pipe2(fds, O_CLOEXEC));
  return {kj::AutoCloseFd(fds[0]), kj::AutoCloseFd(fds[1])};
}

struct Stdio {
  int in = -1;
  int out = -1;
  int err = -1;
};

pid_t start(const std::string& path, const std::vector<std::string>& arguments, Stdio stdio) {
  std::vector<char*> argv{const_cast<char*>(path.c_str())};
  for (auto& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t parent = getpid();
  pid_t child = fork();
  KJ_SYSCALL(child);
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  if (stdio.in >= 0) dup2(stdio.in, 0);
  if (stdio.out >= 0) dup2(stdio.out, 1);
  if (stdio.err >= 0) dup2(stdio.err, 2);
  execv(argv[0], argv.data());
  _exit(127);
}

int exitCodeOf(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Reads both to their ends, so that neither blocks the program.
void drain(int outFd, int errFd, ProgramResult& result) {
  pollfd fds[] = {{outFd, POLLIN, 0}, {errFd, POLLIN, 0}};
  std::string* texts[] = {&result.out, &result.err};
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (poll(fds, 2, -1) < 0 && errno != EINTR) return;
    for (int i = 0; i < 2; i++) {
      if (fds[i].fd < 0 || fds[i].revents == 0) continue;
      char buffer[4096];
      ssize_t got = read(fds[i].fd, buffer, sizeof buffer);
      if (got > 0) {
        texts[i]->append(buffer, static_cast<size_t>(got));
      } else {
        fds[i].fd = -1;
      }
    }
  }
}

}  // namespace

std::string programPath(const std::string& name) { return std::string(NANO_BIN_DIR) + "/" + name; }

ProgramResult runProgram(const std::string& name, const std::vector<std::string>& arguments,
                         const std::string& input) {
  auto in = makePipe();
  auto out = makePipe();
  auto err = makePipe();
  pid_t child = start(programPath(name), arguments, {in.readEnd, out.writeEnd, err.writeEnd});
  in.readEnd = kj::AutoCloseFd();
  out.writeEnd = kj::AutoCloseFd();
  err.writeEnd = kj::AutoCloseFd();
  if (!input.empty()) {
    KJ_ASSERT(write(in.writeEnd, input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  }
  in.writeEnd = kj::AutoCloseFd();
  ProgramResult result;
  drain(out.readEnd, err.readEnd, result);
  int status = 0;
  KJ_SYSCALL(waitpid(child, &status, 0));
  result.exitCode = exitCodeOf(status);
  return result;
}

RunningProgram::RunningProgram(const std::string& path, const std::vector<std::string>& arguments,
                               const std::string& errPath) {
  auto out = makePipe();
  kj::AutoCloseFd err;
  if (!errPath.empty()) {
    int fd = open(errPath.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    KJ_SYSCALL(fd, errPath.c_str());
    err = kj::AutoCloseFd(fd);
  }
  pid_ = start(path, arguments, {-1, out.writeEnd, err});
  out_ = kj::mv(out.readEnd);
}

RunningProgram::~RunningProgram() {
  if (ended_) return;
  kill(pid_, SIGKILL);
  wait();
}

std::string RunningProgram::readLine() {
  for (;;) {
    size_t end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    char buffer[1024];
    ssize_t got = read(out_, buffer, sizeof buffer);
    if (got <= 0) return {};
    pending_.append(buffer, static_cast<size_t>(got));
  }
}

void RunningProgram::signal(int number) const { kill(pid_, number); }

int RunningProgram::wait() {
  if (ended_) return exitCode_;
  int status = 0;
  KJ_SYSCALL(waitpid(pid_, &status, 0));
  ended_ = true;
  exitCode_ = exitCodeOf(status);
  return exitCode_;
}

bool RunningProgram::isRunning() {
  if (ended_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  ended_ = true;
  exitCode_ = exitCodeOf(status);
  return false;
}

TestDirectory::TestDirectory() {
  char path[] = "/tmp/nano-test-XXXXXX";
  KJ_ASSERT(mkdtemp(path) != nullptr);
  path_ = path;
  KJ_SYSCALL(chmod(path, 0755));
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TestDirectory::write(const std::string& name, const std::string& content) const {
  std::filesystem::path file = path_ + "/" + name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

}  // namespace nano::test
