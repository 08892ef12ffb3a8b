#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sandbox/cgroup.h"
#include "sandbox/child.h"
#include "sandbox/sandbox.h"

// The supervisor's half of the sandbox: starts a program in namespaces of its own, under a user who
// owns nothing on this machine. The program's first act is enterSandbox().
namespace nano {

struct SpawnSpec {
  // The program, by descriptor, so that it may lie where the unprivileged user cannot look. It must
  // be an ELF file that this user may execute (mode bits of the file itself).
  int programFd = -1;
  std::vector<std::string> arguments;    // argv, argv[0] included
  std::vector<std::string> environment;  // the whole environment: "NAME=value"
  // descriptors[n] becomes descriptor n of the program; nothing else is inherited. Borrowed, any
  // numbers, the same one may stand twice. The program's log must be pipes or sockets: in the
  // sandbox writes to a regular file fail (RLIMIT_FSIZE is 0).
  std::vector<int> descriptors;
  std::vector<Layer> weakened;
  // Its control group, which it is in before it runs the program.
  CgroupPlacement cgroup;
  // Who the program is outside its user namespace when we are root; otherwise it is who we are.
  uid_t unprivilegedUid = 65534;
  gid_t unprivilegedGid = 65534;
};

// Starts the program and returns when it has been exec'd (about a millisecond). May be called in a
// process with threads. Whatever fails, in this process or in the child before its exec, is a
// kj::Exception that names the step; no process is left then.
//
// With cgroups of version 1 it returns before the exec: entering one takes the kernel up to tens of
// milliseconds (an RCU grace period), which the child spends and not our caller's loop. What fails
// then is a line "sandbox: STEP: WHY" on the child's descriptor 2 and exit code kSandboxFailedExit.
//
// The program is killed when the *thread* that called spawn() ends (PR_SET_PDEATHSIG), so call it
// on a thread that lives as long as its workers.
Child spawn(const SpawnSpec& spec);

}  // namespace nano
