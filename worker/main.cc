// nano-worker: one sandboxed process full of isolates. The supervisor starts it; see
// protocol/process.h for its descriptors and arguments.

#include <linux/capability.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "protocol/process.h"
#include "protocol/rpc_link.h"
#include "sandbox/sandbox.h"
#include "snapshot/crypto/library.h"
#include "snapshot/module_library.h"
#include "snapshot/snapshot_cache.h"
#include "snapshot/v8_process.h"
#include "worker/context_factory.h"
#include "worker/isolate_manager.h"
#include "worker/resource_limiter.h"
#include "worker/warm_up.h"
#include "worker/worker_server.h"

namespace nano {
namespace {

// More would be memory (1.2 MB each) that a worker of one app never uses.
constexpr size_t kSpareIsolates = 1;

SandboxSpec readArguments(int argc, char** argv) {
  constexpr std::string_view kWeaken = kWeakenFlag;
  SandboxSpec spec;
  spec.firstClosedFd = kFirstFreeFd;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == kJitlessFlag) spec.code = SandboxSpec::Code::kJitless;
    if (!argument.starts_with(kWeaken)) continue;
    const std::optional<Layer> layer = parseLayer(argument.substr(kWeaken.size()));
    KJ_REQUIRE(layer.has_value(), "no such layer", argv[i]);
    spec.weakened.push_back(*layer);
  }
  return spec;
}

SandboxAccount account(SandboxState state) {
  SandboxAccount account;
  account.state = std::move(state);
  account.noNewPrivs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  KJ_SYSCALL(syscall(SYS_capget, &header, data));
  account.capabilitiesEffective = uint64_t{data[1].effective} << 32 | data[0].effective;
  return account;
}

std::unique_ptr<SnapshotCache> openSnapshot() {
  kj::AutoCloseFd fd(kSnapshotFd);
  auto opened = SnapshotCache::open(fd);
  if (auto* mismatch = std::get_if<SnapshotMismatch>(&opened)) {
    KJ_FAIL_REQUIRE("the snapshot is not for this program", mismatch->reason.c_str());
  }
  return std::move(std::get<std::unique_ptr<SnapshotCache>>(opened));
}

std::unique_ptr<ModuleLibrary> openLibrary() {
  kj::AutoCloseFd fd(kLibraryFd);
  auto opened = ModuleLibrary::open(fd);
  if (auto* mismatch = std::get_if<LibraryMismatch>(&opened)) {
    KJ_FAIL_REQUIRE("the library is not for this program", mismatch->reason.c_str());
  }
  return std::move(std::get<std::unique_ptr<ModuleLibrary>>(opened));
}

void serve(int argc, char** argv) {
  // Two threads allocate; more arenas would only be memory (security 2.2).
  mallopt(M_ARENA_MAX, 2);
  const SandboxSpec spec = readArguments(argc, argv);
  // Before any thread: Landlock, namespaces and capabilities are per thread.
  SandboxState state = enterSandbox(spec);
  prctl(PR_SET_NAME, "nano-worker", 0, 0, 0);

  // The loop makes all its descriptors here.
  EventLoop loop;
  using Code = V8Process::Options::Code;
  V8Process v8(
      {.extraFlags = {},
       .code = spec.code == SandboxSpec::Code::kJitless ? Code::kInterpreted : Code::kCompiled});
  prepareCrypto();
  const std::unique_ptr<SnapshotCache> snapshot = openSnapshot();
  const std::unique_ptr<ModuleLibrary> library = openLibrary();
  ContextFactory contexts(v8, *snapshot, library.get());
  ResourceLimiter limiter;
  IsolateManager isolates(contexts, loop.timer(), kSpareIsolates);
  TurnEnd turnEnd(loop);
  const WorkerParts parts{isolates, limiter, loop.timer(), turnEnd};
  warmUp(loop, parts, v8);

  // Every thread has run, or the filter kills it in its start-up (security 2.2).
  v8.awaitThreads();
  SandboxAccount report = account(std::move(state));
  lockSyscalls(spec, report.state);
  report.seccompMode = 2;  // SECCOMP_MODE_FILTER
  isolates.fill();

  RpcLink link(loop, kj::AutoCloseFd(kRpcFd), RpcLink::Side::kWorker,
               rpc::Worker::Client(kj::heap<WorkerServer>(parts, std::move(report))),
               RpcLinkOptions::forWorker());
  const kj::String reason = loop.run(link.onDisconnect());
  fprintf(stderr, "nano-worker: the supervisor is gone: %s\n", reason.cStr());
  // Nothing is worth tearing down, and V8's threads would take their time.
  _exit(0);
}

}  // namespace
}  // namespace nano

extern "C" int nano_main(int argc, char** argv, char**) {
  KJ_IF_MAYBE(exception, kj::runCatchingExceptions([argc, argv]() { nano::serve(argc, argv); })) {
    fprintf(stderr, "nano-worker: %s\n", exception->getDescription().cStr());
  }
  _exit(1);
}
