#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <vector>

#include "sandbox/syscall_policy.h"

// From the table to what the kernel runs. Both functions are steps: they succeed or end the process
// (sandbox/step.h).
namespace nano {

// The BPF program for this architecture: what the policy does not name, and every call of another
// architecture (x32, int 0x80), kills the process.
std::vector<sock_filter> compileFilter(std::span<const SyscallRule> policy);
// The same for any architecture that libseccomp knows (SCMP_ARCH_*), to look at.
std::vector<sock_filter> compileFilterFor(uint32_t architecture,
                                          std::span<const SyscallRule> policy);

// Puts all threads of this process under the program at once (TSYNC).
void loadFilter(std::span<const sock_filter> program);

}  // namespace nano
