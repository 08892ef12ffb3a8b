#pragma once

#include <vector>

#include "sandbox/layer.h"

// What a process may do by itself, given up piece by piece. Each function is one step: it succeeds
// or ends the process (sandbox/step.h).
namespace nano {

// Closes every descriptor from `first` up.
void closeDescriptorsFrom(int first);

// No core dumps, no growing of files, few descriptors, no locked memory, no queues.
void limitResources();

// Empties all five capability sets for good, and makes uid 0 an ordinary user. Without a user
// namespace an unprivileged process may not touch the bounding set; no_new_privs makes it void.
void dropCapabilities(const std::vector<Layer>& weakened);

// No later exec can give rights; also what lets an unprivileged process install filters.
void forbidNewPrivileges();

// No page of this process that is not code already can become code (PR_SET_MDWE). False where the
// kernel has no such promise (before 6.3): the filter stands alone then.
bool refuseNewCode();

// No core, no ptrace and no /proc/PID/mem for others of the same user.
void hideMemory();

// SIGKILL when the thread that started this process ends.
void dieWithParent();

// abort() of process 1 of a pid namespace: its SIGABRT does nothing without a handler, glibc then
// calls what the filter forbids, and a mere assertion would look like an attack (SIGSYS). With this
// handler it ends by an illegal instruction, which is how V8's own fatal errors end.
void makeAbortTrap();

}  // namespace nano
