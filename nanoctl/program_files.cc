#include "nanoctl/program_files.h"

#include <unistd.h>

#include <climits>

#include "nanoctl/files.h"

namespace nano {

std::string programDirectory() {
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self);
  if (length < 0) return ".";
  return parentOf(std::string(self, static_cast<size_t>(length)));
}

std::string esbuildPath() { return normalPath(programDirectory() + "/../lib/nano/esbuild"); }

std::string canaryPath() { return normalPath(programDirectory() + "/../lib/nano/nano-canary"); }

}  // namespace nano
