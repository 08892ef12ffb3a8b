#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/layer.h"

// Takes away every right of this process that running JavaScript does not need.
//
// In two halves, because Landlock, namespaces and capabilities are per thread and must come before
// the first thread, while the seccomp filter must come after the last one has really started
// (security 2.2: without that barrier 7 of 12 starts died). A step that fails ends the process with
// exit code kSandboxFailedExit and a line on stderr that names it: there is no half-shut sandbox.
namespace nano {

inline constexpr int kSandboxFailedExit = 70;  // sysexits.h: EX_SOFTWARE

// What SandboxState::layers says of Code::kJitless: the filter lets no page become code.
inline constexpr char kJitlessLayer[] = "jitless";

struct SandboxSpec {
  // Layers that are left out; a warning for each goes to stderr. The same list as in SpawnSpec.
  std::vector<Layer> weakened;
  // Descriptors below this stay open, all others are closed.
  int firstClosedFd = 5;
  // kJitless lets no page become code, by the filter and, where the kernel can, by PR_SET_MDWE: V8
  // must run with --jitless. Default: V8's code generator needs mprotect(PROT_EXEC).
  enum class Code { kJit, kJitless } code = Code::kJit;
  // What happens to probes of glibc and V8 that fail harmlessly (open, stat, sysinfo...). kFatal
  // finds a warm-up that is not complete; for tests, since any library may probe.
  enum class Probes { kRefused, kFatal } probes = Probes::kRefused;
};

// What is shut, after the kernel's own account of it has been compared.
struct SandboxState {
  uint32_t landlockAbi = 0;  // 0: the kernel has none.
  std::vector<std::string> layers;
  std::vector<std::string> weakened;
};

// First half. Single-threaded, right after spawn() has exec'd this program: namespaces, an empty
// read-only root, descriptors, rlimits, capabilities, no_new_privs, Landlock.
SandboxState enterSandbox(const SandboxSpec& spec);

// Second half. Every thread exists and has run; nothing warm is missing. What the filter does not
// name kills the process. Not for a thread that starts later: there is none, clone is forbidden.
void lockSyscalls(const SandboxSpec& spec, SandboxState& state);

}  // namespace nano
