#include "tests/hostile/evil_start.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

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

// W26: what every other worker starts from, by all ways there are before any of the sandbox is.
void writeSnapshot() {
  char byte = 0;
  auto errorOf = [](auto result) {
    return result == static_cast<decltype(result)>(-1) ? errno : 0;
  };
  int written = errorOf(pwrite(kSnapshotFd, &byte, 1, 0));
  int cut = errorOf(ftruncate(kSnapshotFd, 0));
  int grown = errorOf(fallocate(kSnapshotFd, 0, 1 << 30, 1));
  int mapped = errorOf(reinterpret_cast<intptr_t>(
      mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, kSnapshotFd, 0)));
  fprintf(stderr, "evil: snapshot write %d, truncate %d, grow %d, map %d\n", written, cut, grown,
          mapped);
}

}  // namespace

const std::string& startAct() { return act(); }

SandboxState evilEnterSandbox(const SandboxSpec& spec) {
  readAct();
  if (startAct() == "exit-before-sandbox") _exit(0);
  if (startAct() == "write-snapshot") writeSnapshot();
  SandboxState state = enterSandbox(spec);
  // No core file, no crash report: only the signal counts.
  if (startAct() == "crash-in-sandbox") __builtin_trap();
  return state;
}

void evilLockSyscalls(const SandboxSpec& spec, SandboxState& state) {
  // The report says "filter" all the same: main() writes it.
  if (startAct() == "no-filter") return;
  SandboxSpec locked = spec;
  if (startAct() == "fatal-probes") locked.probes = SandboxSpec::Probes::kFatal;
  lockSyscalls(locked, state);
  // The code profile is in the layers' list; the report is made of it afterwards.
  if (startAct() == "claims-jitless") state.layers.emplace_back(kJitlessLayer);
  if (startAct() == "claims-default") std::erase(state.layers, kJitlessLayer);
}

}  // namespace nano::test
