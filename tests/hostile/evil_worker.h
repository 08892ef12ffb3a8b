#pragma once

#include "protocol/worker.capnp.h"
#include "worker/worker_server.h"

namespace nano::test {

// A worker that was taken over. An app with a binding EVIL is served by an EvilApp that plays the
// act the binding names; any other by the real worker behind this.
class EvilWorker final : public rpc::Worker::Server {
 public:
  EvilWorker(WorkerParts parts, SandboxAccount account);

 protected:
  kj::Promise<void> hello(HelloContext context) override;
  kj::Promise<void> load(LoadContext context) override;
  kj::Promise<void> ping(PingContext context) override;

 private:
  rpc::Worker::Client real_;
  // Set by an act that an app brought along.
  bool silentPing_ = false;
};

}  // namespace nano::test
