#pragma once

#include <memory>
#include <string>
#include <vector>

#include <kj/async.h>

#include "protocol/event_loop.h"
#include "protocol/limits.h"
#include "protocol/rpc_link.h"
#include "protocol/worker.capnp.h"
#include "sandbox/cgroup.h"
#include "sandbox/child.h"
#include "sandbox/sandbox.h"
#include "supervisor/app_version.h"
#include "supervisor/memory_watch.h"
#include "supervisor/process_meter.h"
#include "supervisor/turn_watch.h"
#include "supervisor/worker_files.h"
#include "supervisor/worker_output.h"

namespace nano {

// What any worker may use.
struct WorkerLimits {
  uint64_t memoryBytes = uint64_t{1} << 30;
  uint32_t cpuWeight = 100;   // Its share where CPUs are scarce, in relation to other workers.
  uint32_t cpuPercent = 100;  // Of one core, at most.
};

// What the operator decided about all workers. Outlives them.
struct WorkerSettings {
  const WorkerFiles& files;
  std::vector<Layer> weakened;
  CgroupTree* cgroups = nullptr;  // Without: nanod watches memory itself, nothing limits the rest.
  WorkerLimits limits;
  kj::Duration startLimit = 10 * kj::SECONDS;
};

// One worker process from its start to its end. Nothing that it says is believed without a look at
// /proc. Destroying this kills the process.
class WorkerProcess final : private kj::TaskSet::ErrorHandler {
 public:
  class Owner {
   public:
    // The process has ended. Called from the loop, once; the owner may destroy the WorkerProcess
    // before it returns. That reaps the process, for which a moment later is better:
    // Child::seeEnd().
    virtual void workerEnded(WorkerProcess& worker, const ProcessEnd& end) = 0;

   protected:
    ~Owner() noexcept(false) = default;
  };

  // Starts the process. Throws when the kernel refuses one.
  WorkerProcess(EventLoop& loop, const WorkerSettings& settings, Owner& owner,
                CodeProfile code = CodeProfile::kDefault);
  ~WorkerProcess() noexcept(false);
  KJ_DISALLOW_COPY(WorkerProcess);

  // Ready once the worker is in its sandbox and we have seen that it is. Rejects when it is not;
  // the process is killed then.
  kj::Promise<void> ready() { return ready_.addBranch(); }
  bool isReady() const { return isReady_; }

  rpc::Worker::Client& rpc() { return rpc_; }
  pid_t pid() const { return child_.pid(); }
  // What the kernel says; 0 when it has ended.
  uint64_t rssBytes() const { return meter_.rssBytes(); }
  const std::vector<std::string>& sandboxLayers() const { return layers_; }
  CodeProfile codeProfile() const { return code_; }

  // An app with this CPU limit comes in: one turn of the worker's loop may take as long, and
  // kHeartbeatGrace, before the worker counts as stuck. One that gets too little CPU time is given
  // more time, up to kHeartbeatPatience times that.
  void allowTurns(kj::Duration cpuLimit);
  // Until the next call. Below what is used now it may stay as it was.
  LimitResult setMemoryLimit(uint64_t bytes);
  LimitResult setCpuWeight(uint32_t weight);
  // To be told of all work that it is sent.
  TurnWatch& turns() { return turns_; }
  // What counts towards the limit: the cgroup's figure, otherwise what the kernel says about the
  // process. 0 when it has ended.
  uint64_t memoryBytes() const;
  uint64_t memoryLimit() const { return memoryLimit_; }
  // Once it has ended: whether its memory limit did that.
  bool ranOutOfMemory() const { return ranOutOfMemory_; }

  // For its own fault: why goes to the log as a warning. Owner::workerEnded follows from the loop.
  void kill(kj::StringPtr why);
  // Because it is not needed any more.
  void dismiss(kj::StringPtr why);
  bool isDismissed() const { return dismissed_; }
  // kill() was called.
  bool isAtFault() const { return atFault_; }
  // What its unanswered requests end with.
  rpc::Outcome outcome() const { return outcome_; }

 private:
  kj::Promise<void> handshake();
  void checkReport(rpc::SandboxReport::Reader report);
  void beat();
  kj::Promise<void> awaitPong(kj::Promise<void> pong, kj::Duration cpuAtPing, uint32_t patience);
  void onExit();
  void noteMemoryDeath(const ProcessEnd& end);
  void taskFailed(kj::Exception&& error) override;

  EventLoop& loop_;
  const WorkerSettings& settings_;
  Owner& owner_;
  const CodeProfile code_;
  RpcSocketPair sockets_;
  std::unique_ptr<WorkerOutput> output_;
  std::unique_ptr<WorkerCgroup> cgroup_;  // Goes after the process.
  Child child_;
  ProcessMeter meter_;
  RpcLink link_;
  rpc::Worker::Client rpc_;
  std::vector<std::string> layers_;
  kj::Duration stuckAfter_ = kHeartbeatGrace.count() * kj::MILLISECONDS;
  kj::String linkEnd_ = nullptr;  // Why the link is closed, once it is.
  bool isReady_ = false;
  bool killed_ = false;
  bool dismissed_ = false;
  bool atFault_ = false;
  bool ranOutOfMemory_ = false;
  uint64_t memoryLimit_ = 0;
  rpc::Outcome outcome_ = rpc::Outcome::WORKER_DIED;
  std::unique_ptr<MemoryWatch> memoryWatch_;  // Where no cgroup limits memory.
  Event exited_;
  kj::ForkedPromise<void> ready_;
  // Last: what waits for the worker is dropped before anything it uses.
  kj::Canceler waits_;
  kj::TaskSet tasks_;
  TurnWatch turns_;
};

}  // namespace nano
