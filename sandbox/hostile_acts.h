#pragma once

#include <span>

#include "sandbox/sandbox.h"

// What native code in a worker would try after a bug in V8: one list. The canary tries all of it
// when nanod starts, tests/security each act in a process of its own. A new escape idea is a new
// row.
namespace nano {

inline constexpr int kDies = 0;  // by SIGSYS

struct HostileAct {
  const char* name;
  int expectedErrno;  // kDies, or the errno that the act gets
  long (*run)();
  SandboxSpec::Code loosest = SandboxSpec::Code::kJit;  // the loosest profile that forbids it
};

std::span<const HostileAct> hostileActs();

bool isForbidden(const HostileAct& act, SandboxSpec::Code code);

}  // namespace nano
