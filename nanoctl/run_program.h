#pragma once

#include <string>
#include <vector>

#include "nanoctl/result.h"

namespace nano {

struct ProgramEnd {
  int exitCode = 0;    // 128 + N when signal N ended it.
  std::string errors;  // What it wrote to stderr, by runProgram().
  std::string output;  // What it wrote to stdout, by readProgram().
};

// Runs a program in `directory` and waits for it. Its stdout goes to our stderr.
Result<ProgramEnd> runProgram(const std::string& directory, const std::vector<std::string>& words);

// The same, but its stdout is ours to read and its stderr is our own.
Result<ProgramEnd> readProgram(const std::string& directory, const std::vector<std::string>& words);

}  // namespace nano
