#pragma once

#include <vector>

#include "sandbox/layer.h"

// What a process can see: its own process tree, network, IPC, host name, and no files at all.
// Each function is one step: it succeeds or ends the process (sandbox/step.h).
namespace nano {

// Checks that spawn() has made the user and the pid namespace: they cannot be made here, the first
// because it needs somebody outside to map another user, the second because it takes a fork.
void requireSpawnedNamespaces(const std::vector<Layer>& weakened);

// Makes the others. Here and not in spawn(), because a network namespace costs the one who makes it
// a millisecond, and spawn() runs on a thread that serves requests.
void unshareNamespaces(const std::vector<Layer>& weakened);

// Lowers this user namespace's limits so that no further namespace can be made in it: if the filter
// had a hole, a nested user namespace would bring back capabilities. False where /proc/sys cannot
// be written (systemd's ProtectKernelTunables, some containers): the filter stands alone then.
bool forbidNestedNamespaces();

// Replaces the root by an empty, read-only file system without a /proc. Nothing can be opened by
// path afterwards.
void enterEmptyRoot();

}  // namespace nano
