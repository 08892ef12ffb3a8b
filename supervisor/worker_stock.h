#pragma once

#include <memory>
#include <vector>

#include <kj/async.h>

#include "protocol/event_loop.h"
#include "supervisor/counters.h"
#include "supervisor/pooled_worker.h"

namespace nano {

struct StockSettings {
  // Processes that are started, sandboxed and wait for a cordon: nobody waits for a start.
  size_t spares = 1;
  // Starts a second: a crowd of crashing apps must not keep the machine busy with starting
  // processes (40 ms of a core each). At once there may be more: a server that begins, or many
  // deploys.
  uint32_t startsPerSecond = 25;
  uint32_t startsAtOnce = 50;
  // After a start that failed: doubled each time, up to the maximum (security notes 3.1).
  kj::Duration firstBackoff = 100 * kj::MILLISECONDS;
  kj::Duration maxBackoff = 30 * kj::SECONDS;
};

// Worker processes that wait for work, and the one place that starts any.
class WorkerStock final : private kj::TaskSet::ErrorHandler {
 public:
  // `owner` is told of each process's end; it asks remove() whose it was. All outlive this.
  WorkerStock(EventLoop& loop, const WorkerSettings& workers, const StockSettings& settings,
              Counters& counters, WorkerProcess::Owner& owner);
  ~WorkerStock() noexcept(false);
  KJ_DISALLOW_COPY(WorkerStock);

  // Whether take() would have one, as far as that can be told.
  bool has(CodeProfile code);
  // More than half of what may be started at once may be started now.
  bool hasPlenty();
  // The spare that is ready, or else the one that will be first. Null when there is none and none
  // may be started now.
  std::unique_ptr<PooledWorker> take(CodeProfile code);
  // Ready once a first worker is in its sandbox; rejects with the reason when it does not get
  // there.
  kj::Promise<void> firstReady();

  // The worker of this process when it was a spare; its start counts as failed.
  std::unique_ptr<PooledWorker> remove(WorkerProcess& process);
  const std::vector<std::unique_ptr<PooledWorker>>& spares() const { return spares_; }
  // Makes up for spares that were taken or died: later in this turn, or when starting fails, after
  // a while; never in the way of a request.
  void refill();

 private:
  std::unique_ptr<PooledWorker> start(CodeProfile code);
  void countStarts();
  void taskFailed(kj::Exception&& error) override;

  EventLoop& loop_;
  const WorkerSettings& workers_;
  const StockSettings& settings_;
  Counters& counters_;
  WorkerProcess::Owner& owner_;
  uint32_t failedStarts_ = 0;
  bool refillScheduled_ = false;
  double startsLeft_;
  kj::TimePoint startsCountedAt_;
  std::vector<std::unique_ptr<PooledWorker>> spares_;
  kj::TaskSet tasks_;
};

}  // namespace nano
