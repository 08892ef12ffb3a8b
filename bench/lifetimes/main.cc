// nano_bench_lifetimes [COUNT]: loads an app, asks it once and drops it, COUNT times (10,000), as
// hot redeploys and the eviction of idle apps do; prints the process's memory every 100. A line
// that rises is a leak.

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "worker/worker_server.h"

namespace nano {
namespace {

constexpr int kUsualCount = 10'000;
constexpr int kLineEvery = 100;

// Keeps some objects and a buffer, and leaves a timer behind.
constexpr char kScript[] =
    "const kept = Array.from({ length: 20000 }, (_, i) => ({ i, text: 'item ' + i }));"
    "const bytes = new Uint8Array(1 << 20).fill(1);"
    "export default { fetch() { setTimeout(() => {}, 1e6);"
    "return new Response(String(kept.length + bytes.length)); } };";

class NoHost final : public rpc::AppHost::Server {};

std::unique_ptr<SnapshotCache> openSnapshot() {
  const std::string path = std::string(getenv("NANO_LIB_DIR")) + "/nano.snapshot";
  int fd = -1;
  KJ_SYSCALL(fd = open(path.c_str(), O_RDONLY | O_CLOEXEC), path.c_str());
  kj::AutoCloseFd closing(fd);
  auto opened = SnapshotCache::open(closing);
  KJ_REQUIRE(std::holds_alternative<std::unique_ptr<SnapshotCache>>(opened), "no fitting snapshot");
  return std::move(std::get<std::unique_ptr<SnapshotCache>>(opened));
}

size_t residentKilobytes() {
  size_t total = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

void liveOnce(EventLoop& loop, rpc::Worker::Client& worker) {
  auto load = worker.loadRequest();
  auto version = load.initVersion();
  version.setMainModule("index.js");
  auto module = version.initModules(1)[0];
  module.setPath("index.js");
  module.setKind(rpc::Module::Kind::ES_MODULE);
  module.setContent(kj::StringPtr(kScript).asBytes());
  load.setHost(kj::heap<NoHost>());
  auto loaded = loop.run(kj::Promise<capnp::Response<rpc::Worker::LoadResults>>(load.send()));
  KJ_REQUIRE(loaded.getOutcome() == rpc::Outcome::OK, "the app does not load");
  auto fetch = loaded.getApp().fetchBatchRequest();
  auto call = fetch.initCalls(1)[0];
  call.initRequest().setUrl("http://app.test/");
  loop.run(fetch.send().ignoreResult());
}

void run(int count) {
  mallopt(M_ARENA_MAX, 2);  // As nano-worker.
  EventLoop loop;
  V8Process v8;
  const std::unique_ptr<SnapshotCache> snapshot = openSnapshot();
  ContextFactory contexts(v8, *snapshot);
  ResourceLimiter limiter;
  IsolateManager isolates(contexts, loop.timer(), 1);
  TurnEnd turnEnd(loop);
  rpc::Worker::Client worker(kj::heap<WorkerServer>(
      WorkerParts{isolates, limiter, loop.timer(), turnEnd}, SandboxAccount{}));
  for (int i = 0; i <= count; ++i) {
    if (i % kLineEvery == 0) {
      printf("%6d lifetimes  %8zu kB resident\n", i, residentKilobytes());
      fflush(stdout);
    }
    liveOnce(loop, worker);
    // What waits for the end of the turn, and the spare isolate.
    loop.run(loop.timer().afterDelay(2 * kj::MILLISECONDS));
  }
}

}  // namespace
}  // namespace nano

extern "C" int nano_main(int argc, char** argv, char**) {
  nano::run(argc > 1 ? atoi(argv[1]) : nano::kUsualCount);
  _exit(0);
}
