#pragma once

#include <cstdint>
#include <memory>

#include <kj/async.h>

#include "protocol/worker.capnp.h"
#include "sandbox/sandbox.h"
#include "worker/app_server.h"

namespace nano {

// What the process says of its own sandbox. The supervisor checks it against /proc.
struct SandboxAccount {
  SandboxState state;
  uint32_t seccompMode = 0;
  bool noNewPrivs = false;
  uint64_t capabilitiesEffective = 0;
};

// The Worker capability: what the supervisor gets as the bootstrap of the process's one socket.
class WorkerServer final : public rpc::Worker::Server {
 public:
  WorkerServer(WorkerParts parts, SandboxAccount account)
      : parts_(parts),
        account_(std::move(account)) {}

 protected:
  kj::Promise<void> hello(HelloContext context) override;
  kj::Promise<void> load(LoadContext context) override;
  kj::Promise<void> ping(PingContext context) override;

 private:
  WorkerParts parts_;
  SandboxAccount account_;
  const std::shared_ptr<AppServer::Registry> apps_ = std::make_shared<AppServer::Registry>();
};

}  // namespace nano
