#pragma once

// How the supervisor starts a worker process: the contract of descriptor numbers and arguments.
//
// The worker is exec'd (not only forked) so that nothing of the supervisor's memory is in it. Its
// environment is empty but for LD_PRELOAD, which cmake/engine/start.cc removes first thing.
namespace nano {

// 0 is /dev/null; 1 and 2 are the write end of a pipe whose lines the supervisor logs.
inline constexpr int kRpcFd = 3;        // A stream socket to the supervisor; its end is our end.
inline constexpr int kSnapshotFd = 4;   // A sealed memfd with nano.snapshot.
inline constexpr int kLibraryFd = 5;    // A sealed memfd with nano.library.
inline constexpr int kFirstFreeFd = 6;  // Everything from here up is closed by the worker.
// Where the supervisor puts nano-worker.so for LD_PRELOAD=/proc/self/fd/6; closed like the rest.
inline constexpr int kProgramFd = 6;

// argv: nano-worker [--weaken=LAYER]... [--jitless] [--frontend-cpu=N]
// LAYER is a name of sandbox/sandbox.h.
inline constexpr char kWeakenFlag[] = "--weaken=";
// V8 only interprets, and no page of the process can become code. There is no WebAssembly.
inline constexpr char kJitlessFlag[] = "--jitless";

}  // namespace nano
