#pragma once

#include <string>

#include <kj/io.h>

namespace nano {

// What every worker is made from, opened once: so a worker needs no path, and an upgrade on disk
// does not mix versions in a running server. Immutable; shared by all threads.
struct WorkerFiles {
  kj::AutoCloseFd engine;    // The engine's executable.
  kj::AutoCloseFd program;   // nano-worker.so, which the engine is made to preload.
  kj::AutoCloseFd snapshot;  // A sealed memfd with nano.snapshot: no worker can change it.
  kj::AutoCloseFd library;   // The same of nano.library.
  kj::AutoCloseFd canary;    // nano-canary, which tries the sandbox before any worker is in it.
  kj::AutoCloseFd devNull;
};

// Opens them below `libDirectory` (../lib/nano beside the program's folder). Throws with the path
// that is missing and how to get it.
WorkerFiles openWorkerFiles(const std::string& libDirectory);

// ../lib/nano beside the folder of the running program.
std::string defaultLibDirectory();

// An anonymous file with these bytes that nobody can write to, grow or shrink any more.
kj::AutoCloseFd sealedCopy(const char* name, int fromFd);

}  // namespace nano
