#pragma once

#include <memory>
#include <vector>

#include <kj/async.h>

#include "protocol/worker.capnp.h"
#include "worker/app_isolate.h"
#include "worker/cpu_allowance.h"
#include "worker/egress_calls.h"
#include "worker/isolate_manager.h"
#include "worker/log_buffer.h"
#include "worker/resource_limiter.h"
#include "worker/turn_end.h"

namespace nano {

// What all apps of a worker share.
struct WorkerParts {
  IsolateManager& isolates;
  ResourceLimiter& limiter;
  kj::Timer& timer;
  TurnEnd& turnEnd;
};

// The App capability: one version's isolate behind it, and its way of answering.
//
// An isolate that broke a limit is thrown away and the next call gets a fresh one, with the modules
// evaluated again: the supervisor keeps the same capability.
class AppServer final : public rpc::App::Server, private TurnEnd::Participant {
 public:
  // All apps of a worker, for its heartbeat. Shared: RPC lets go of the capabilities in any order.
  using Registry = std::vector<AppServer*>;

  // What the supervisor lends one app.
  struct Capabilities {
    rpc::AppHost::Client host;
    rpc::Egress::Client egress;
  };

  // Registered in `all` while it lives.
  AppServer(AppSource source, Capabilities capabilities, WorkerParts parts,
            std::shared_ptr<Registry> all);
  ~AppServer() noexcept(false);

  // Evaluates the app's modules.
  kj::Promise<LoadResult> load();

  // Gives V8 a chance to run what it has put off.
  void stir() { parts_.turnEnd.add(*this); }

 protected:
  kj::Promise<void> fetchBatch(FetchBatchContext context) override;
  kj::Promise<void> cancel(CancelContext context) override;
  kj::Promise<void> fetched(FetchedContext context) override;

 private:
  struct IgnoreErrors final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };
  // Whether calls can be served, and if not, why.
  struct Readiness {
    rpc::Outcome outcome = rpc::Outcome::OK;
    LimitBreach breach;
  };
  using Calls = capnp::List<rpc::FetchCall>::Reader;

  void checkCalls(Calls calls) const;
  kj::Promise<void> runCalls(FetchBatchContext context, uint32_t next, std::vector<Answer> answers);
  kj::Promise<Readiness> ready();
  void collectAnswers(std::vector<Answer>& ofThisBatch);
  void retireIfCondemned();

  void endTurn() override;
  void sendLateAnswers();

  const AppSource source_;
  rpc::AppHost::Client host_;
  WorkerParts parts_;
  const std::shared_ptr<Registry> all_;
  LogBuffer log_;
  // Outlives the isolates that break it.
  CpuAllowance cpu_;
  EgressCalls egress_;
  // Null until it is loaded, and again once it was condemned.
  std::unique_ptr<AppIsolate> isolate_;
  std::unique_ptr<AppIsolate> loadingIsolate_;
  std::vector<std::unique_ptr<AppIsolate>> retired_;
  bool loading_ = false;
  kj::ForkedPromise<Readiness> loadDone_ = nullptr;
  std::vector<Answer> late_;
  bool endingTurn_ = false;
  IgnoreErrors ignoreErrors_;
  kj::TaskSet tasks_;
};

}  // namespace nano
