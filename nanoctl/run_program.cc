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
[[noreturn]] void becomeProgram(const char* directory, char** words, int captured, int pipeFd) {
  const int errorsFd = captured == STDERR_FILENO ? pipeFd : STDERR_FILENO;
  if (chdir(directory) == 0) {
    if (captured == STDERR_FILENO) dup2(STDERR_FILENO, STDOUT_FILENO);
    dup2(pipeFd, captured);
    execv(words[0], words);
  }
  const char* why = strerror(errno);
  dprintf(errorsFd, "%s: %s\n", words[0], why);
  _exit(127);
}

// `captured` is STDOUT_FILENO or STDERR_FILENO; what the program writes there goes to `text`.
Result<int> run(const std::string& directory, const std::vector<std::string>& words, int captured,
                std::string& text) {
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
  if (child == 0) becomeProgram(directory.c_str(), argv.data(), captured, writeEnd);
  writeEnd = kj::AutoCloseFd();

  char buffer[4096];
  for (;;) {
    ssize_t got = read(readEnd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(buffer, static_cast<size_t>(got));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<ProgramEnd> runProgram(const std::string& directory, const std::vector<std::string>& words) {
  ProgramEnd end;
  auto code = run(directory, words, STDERR_FILENO, end.errors);
  if (!code.ok()) return code.failure();
  end.exitCode = code.value();
  return end;
}

Result<ProgramEnd> readProgram(const std::string& directory,
                               const std::vector<std::string>& words) {
  ProgramEnd end;
  auto code = run(directory, words, STDOUT_FILENO, end.output);
  if (!code.ok()) return code.failure();
  end.exitCode = code.value();
  return end;
}

}  // namespace nano
