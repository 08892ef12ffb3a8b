#pragma once

#include <string>
#include <vector>

#include "nanoctl/result.h"

namespace nano {

struct ProgramEnd {
  int exitCode = 0;    // 128 + N when signal N ended it.
  std::string errors;  // What it wrote to stderr.
};

// Runs a program in `directory` and waits for it. Its stdout goes to our stderr.
Result<ProgramEnd> runProgram(const std::string& directory, const std::vector<std::string>& words);

}  // namespace nano
