#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <kj/io.h>

namespace nano::test {

struct ProgramResult {
  int exitCode = -1;  // 128 + N when signal N ended it.
  std::string out;
  std::string err;
};

// A program of the build under test, for example "nanoctl"; its path.
std::string programPath(const std::string& name);

// Runs it to its end.
ProgramResult runProgram(const std::string& name, const std::vector<std::string>& arguments,
                         const std::string& input = {});

// A program that runs beside the test. Killed with the test.
class RunningProgram final {
 public:
  // Its stderr is ours, or is appended to the file `errPath`.
  RunningProgram(const std::string& path, const std::vector<std::string>& arguments,
                 const std::string& errPath = {});
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  pid_t pid() const { return pid_; }
  // The next line of its stdout, waiting for it; empty at the end.
  std::string readLine();
  void signal(int number) const;
  // Waits for its end; the exit code as in ProgramResult.
  int wait();
  bool isRunning();

 private:
  pid_t pid_ = 0;
  bool ended_ = false;
  int exitCode_ = -1;
  kj::AutoCloseFd out_;
  std::string pending_;
};

// A directory that goes with the test. Open to all, because nanod runs as another user when the
// tests run as root.
class TestDirectory final {
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file below it, with the folders above it.
  void write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

}  // namespace nano::test
