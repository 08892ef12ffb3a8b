#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "sandbox/sandbox.h"

// Which system calls a worker may make, with which arguments, and why: one table.
namespace nano {

enum class Match : uint8_t {
  kAnything,
  kEquals32,  // the low 32 bits: the kernel's parameter is an int
  kEquals64,  // the whole register: a pointer or a long
  kMasked32,  // low 32 bits, masked, equal the value
  kMasked64,  // the whole register, masked, equals the value
  kAtMost,    // the whole register, unsigned
  kOwnPid,    // this process; becomes kEquals32 in syscallPolicy()
};

struct ArgRule {
  uint8_t index = 0;  // 0..5
  Match match = Match::kAnything;
  uint64_t value = 0;
  uint64_t mask = 0;
};

struct SyscallRule {
  const char* name =
      nullptr;      // Linux's name; one that an architecture does not have is skipped there
  int refusal = 0;  // 0: allowed; else the errno it gets
  ArgRule args[4];  // all must hold; several rows of one name are alternatives
  const char* reason = nullptr;
};

// The whole policy of a process `self`. Every call that no row allows or refuses kills.
std::vector<SyscallRule> syscallPolicy(const SandboxSpec& spec, pid_t self);

}  // namespace nano
