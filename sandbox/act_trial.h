#pragma once

#include "sandbox/sandbox.h"

namespace nano {

// The canary's whole life: enters the sandbox as a worker does and tries every act of outside_acts
// and, behind the filter, of hostile_acts, each in a process of its own. Tells its starter on
// stdout, a line each:
//
//   entered LAYER...       in the sandbox; the filter can be loaded and is not counted
//   survived ACT HOW       an act did not end as it must; HOW is what it got
//   tried N                the end: so many acts were tried
//
// The processes are forked after the first half of the sandbox, so one start serves all acts:
// started one by one as workers are, 160 acts take 0.9 s of CPU time instead of 0.1 s. What the
// fork changes is the number of the process and its death signal; neither hides an act.
void tryActs(const SandboxSpec& spec);

}  // namespace nano
