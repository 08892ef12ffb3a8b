#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "protocol/event_loop.h"
#include "protocol/rpc_link.h"
#include "worker/test_app.h"
#include "worker/test_engine.h"
#include "worker/worker_server.h"

namespace nano {

// A whole worker for tests, with its supervisor's end in the same process: the real snapshot, a
// real socket pair, the real RPC; only the sandbox is left out.
class WorkerTest : public testing::Test {
 protected:
  WorkerTest()
      : turnEnd_(loop_),
        isolates_(TestEngine::get().contexts, loop_.timer(), 1),
        sockets_(makeRpcSocketPair()),
        workerLink_(loop_, kj::mv(sockets_.workerEnd), RpcLink::Side::kWorker,
                    rpc::Worker::Client(kj::heap<WorkerServer>(parts(), SandboxAccount{})),
                    RpcLinkOptions::forWorker()),
        supervisorLink_(loop_, kj::mv(sockets_.supervisorEnd), RpcLink::Side::kSupervisor) {}

  ~WorkerTest() noexcept override = default;

  WorkerParts parts() { return {isolates_, limiter_, loop_.timer(), turnEnd_}; }
  rpc::Worker::Client worker() { return supervisorLink_.bootstrap().castAs<rpc::Worker>(); }
  TestApp load(const TestVersion& version) { return TestApp(loop_, worker(), version); }
  TestApp load(std::string script) { return load(TestVersion::of(std::move(script))); }
  TestApp handling(std::string body) { return load(TestVersion::handling(std::move(body))); }

  EventLoop loop_;
  TurnEnd turnEnd_;
  ResourceLimiter limiter_;
  IsolateManager isolates_;
  RpcSocketPair sockets_;
  RpcLink workerLink_;
  RpcLink supervisorLink_;
};

}  // namespace nano
