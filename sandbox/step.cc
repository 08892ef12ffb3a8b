#include "sandbox/step.h"

#include <string.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "sandbox/sandbox.h"

namespace nano {

void failStep(std::string_view step, std::string_view why) {
  std::string line = "sandbox: ";
  line.append(step).append(": ").append(why).append("\n");
  // One write, so that lines of several workers do not mix. If the log is gone too, the exit code
  // still says what happened.
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  _exit(kSandboxFailedExit);
}

void failStep(std::string_view step, int error) {
  failStep(step, std::string_view(strerror(error)));
}

long mustSucceed(std::string_view step, long result) {
  if (result < 0) failStep(step, errno);
  return result;
}

}  // namespace nano
