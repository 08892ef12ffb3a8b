// nano-evil-worker: the worker's own main(), word for word, with the server of its one socket and
// the doors of its sandbox replaced. It behaves until an app or its start act says otherwise.

#include "tests/hostile/evil_start.h"
#include "tests/hostile/evil_worker.h"
#include "worker/worker_server.h"

#define WorkerServer test::EvilWorker
#define enterSandbox test::evilEnterSandbox
#define lockSyscalls test::evilLockSyscalls
#include "worker/main.cc"  // NOLINT(bugprone-suspicious-include): the point of this file.
