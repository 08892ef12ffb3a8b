#pragma once

#include <string>

#include "sandbox/sandbox.h"

// What an evil worker does before it is asked to load anything. It has neither arguments nor an
// environment of its own, so it is told by the last bytes of its own shared object, which a test
// may change while nanod runs: every worker that starts from then on reads the new ones.
namespace nano::test {

// The act this process was started for; empty: none.
const std::string& startAct();

// Stand in for the two halves of the sandbox in the worker's own main(): the first reads the start
// act as long as the descriptor is open, the second may leave the filter out.
SandboxState evilEnterSandbox(const SandboxSpec& spec);
void evilLockSyscalls(const SandboxSpec& spec, SandboxState& state);

}  // namespace nano::test
