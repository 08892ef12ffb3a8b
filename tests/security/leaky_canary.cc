// A nano-canary whose sandbox is weaker than a worker's: it does not load the filter. nanod must
// see that it gets out. For tests/canary_test.cc, which puts it where nanod looks for nano-canary.

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

#include "sandbox/sandbox.h"

int main() {
  nano::SandboxState state = nano::enterSandbox({});
  dprintf(STDOUT_FILENO, "entered\n");
  bool out = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
  if (out) dprintf(STDOUT_FILENO, "survived socket_unix success\n");
  dprintf(STDOUT_FILENO, "tried 1\n");
  return 0;
}
