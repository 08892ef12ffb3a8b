#pragma once

#include <functional>
#include <string>
#include <vector>

#include <kj/io.h>

#include "sandbox/spawn.h"

namespace nano {

// A nano_victim started as the supervisor starts a worker: 0 is /dev/null, 1 and 2 a pipe to the
// test, 3 a socket to the test, 4 stands for the snapshot, 5 for the program's shared object.
class VictimProcess final {
 public:
  // `spawned` are the layers left out by spawn(); the victim is told of `told`.
  explicit VictimProcess(std::vector<std::string> arguments, const std::vector<Layer>& spawned = {},
                         const std::vector<Layer>& told = {});

  Child& child() { return child_; }
  // The next line of its output, waiting for it; empty at the end.
  std::string readLine();
  // Lets an act that waits for the test go on, reads to the end of the output and reaps.
  ProcessEnd finish();
  // Everything read so far.
  const std::string& output() const { return output_; }

 private:
  kj::AutoCloseFd log_;
  kj::AutoCloseFd line_;
  std::string output_;
  Child child_;
};

// Runs `body` in a forked process of this test and returns its exit code; a signal is -1. For what
// changes a process for good, such as giving up root.
int runInFork(const std::function<int()>& body);

// The victim program, opened once: later an unprivileged process may not reach it by its path.
int victimFd();

}  // namespace nano
