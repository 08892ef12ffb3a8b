#include "tests/hostile/evil_start.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "protocol/process.h"
#include "tests/hostile/evil_start_bytes.h"

namespace nano::test {
namespace {

std::string& act() {
  static std::string name;
  return name;
}

void readAct() {
  struct stat info {};
  char name[kStartActBytes + 1] = {};
  if (fstat(kProgramFd, &info) != 0) return;
  if (pread(kProgramFd, name, kStartActBytes, info.st_size - static_cast<off_t>(kStartActBytes)) <
      0) {
    return;
  }
  act() = name;
}

}  // namespace

const std::string& startAct() { return act(); }

SandboxState evilEnterSandbox(const SandboxSpec& spec) {
  readAct();
  if (startAct() == "exit-before-sandbox") _exit(0);
  SandboxState state = enterSandbox(spec);
  // No core file, no crash report: only the signal counts.
  if (startAct() == "crash-in-sandbox") __builtin_trap();
  return state;
}

void evilLockSyscalls(const SandboxSpec& spec, SandboxState& state) {
  // The report says "filter" all the same: main() writes it.
  if (startAct() == "no-filter") return;
  lockSyscalls(spec, state);
}

}  // namespace nano::test
