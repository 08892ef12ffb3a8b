#include "nanoctl/run_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <kj/io.h>

namespace nano {

namespace {

// Only system calls between fork and exec.
[[noreturn]] void becomeProgram(const char* directory, char** words, int errorsFd) {
  if (chdir(directory) == 0) {
    dup2(STDERR_FILENO, STDOUT_FILENO);
    dup2(errorsFd, STDERR_FILENO);
    execv(words[0], words);
  }
  const char* why = strerror(errno);
  dprintf(errorsFd, "%s: %s\n", words[0], why);
  _exit(127);
}

}  // namespace

Result<ProgramEnd> runProgram(const std::string& directory, const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (auto& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);

  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return Failure{std::string("pipe: ") + strerror(errno)};
  kj::AutoCloseFd readEnd(fds[0]);
  kj::AutoCloseFd writeEnd(fds[1]);
  pid_t child = fork();
  if (child < 0) return Failure{std::string("fork: ") + strerror(errno)};
  if (child == 0) becomeProgram(directory.c_str(), argv.data(), writeEnd);
  writeEnd = kj::AutoCloseFd();

  ProgramEnd end;
  char buffer[4096];
  for (;;) {
    ssize_t got = read(readEnd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    end.errors.append(buffer, static_cast<size_t>(got));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  end.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

}  // namespace nano
