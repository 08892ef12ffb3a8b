#pragma once

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <kj/async.h>

#include "protocol/event_loop.h"
#include "supervisor/counters.h"
#include "supervisor/live_server.h"
#include "supervisor/loaded_app.h"
#include "supervisor/worker_process.h"

namespace nano {

class RequestRouter;

struct PoolSettings {
  // Processes that are started, sandboxed and wait for a cordon: nobody waits for a start.
  size_t spares = 1;
  // Processes with a cordon; past it the one idle longest gives way.
  size_t maxWorkers = 256;
  kj::Duration idleLimit = 5 * kj::MINUTES;
  // Between a cordon's worker's death and the next: doubled with each death in a row up to the
  // maximum (security notes 3.1). The first five within a minute cost nothing: a spare takes over.
  kj::Duration firstBackoff = 100 * kj::MILLISECONDS;
  kj::Duration maxBackoff = 30 * kj::SECONDS;
  // What loading an app may take, beyond its CPU limit, before its worker is killed.
  kj::Duration loadLimit = 5 * kj::SECONDS;
};

// The worker processes of one front end, and which of them runs which app.
//
// A cordon has one worker, taken from the spares when its first request comes. When a worker dies
// its requests are answered, and the next request of the cordon takes another spare. Apps of
// different cordons never meet in a process, and a process never changes its cordon.
class WorkerPool final : private WorkerProcess::Owner,
                         private LoadedApp::Owner,
                         private TurnHook,
                         private kj::TaskSet::ErrorHandler {
 public:
  using AppLogTarget = std::function<void(const AppVersion&, std::vector<AppLogLine>)>;

  // `settings` and `counters` outlive the pool.
  WorkerPool(EventLoop& loop, const WorkerSettings& settings, const PoolSettings& poolSettings,
             Counters& counters, AppLogTarget logTarget);
  ~WorkerPool() noexcept(false);
  KJ_DISALLOW_COPY(WorkerPool);

  // Ready once a first worker is in its sandbox; rejects with the reason when it does not get
  // there.
  kj::Promise<void> firstWorker();

  // Where requests for this version go, loaded now if it is not yet; or why there is no place.
  std::variant<LoadedApp*, rpc::Outcome> appFor(const std::shared_ptr<const AppVersion>& version);
  // Lets go of every app that is not in `live`, as soon as its requests are answered.
  void retireAllBut(const std::function<bool(const AppVersion&)>& isLive);

  // Loads the version in a worker of its own and throws that worker away.
  kj::Promise<StartupResult> tryStart(std::shared_ptr<const AppVersion> version);

  size_t inFlight() const;
  std::vector<WorkerStatus> status() const;
  RequestIds& requestIds() { return ids_; }

 private:
  struct Worker;
  struct Cordon {
    Worker* worker = nullptr;
    uint32_t deaths = 0;  // In a row.
    kj::TimePoint mayStartAt = kj::origin<kj::TimePoint>();
    kj::TimePoint lastDeath = kj::origin<kj::TimePoint>();
  };

  Worker* startWorker();
  Worker* takeSpare();
  void refillSpares();
  void evictIdle();
  void watchIdle();
  Worker* workerFor(const std::string& cordon);
  LoadedApp& addApp(Worker& worker, std::shared_ptr<const AppVersion> version);
  kj::Promise<StartupResult> load(Worker& worker, LoadedApp& app);
  void removeApp(LoadedApp& app);
  void recordDeath(Cordon& cordon);

  void workerEnded(WorkerProcess& process, const ProcessEnd& end) override;
  void killWorker(LoadedApp& app, kj::StringPtr why) override;
  void callAtTurnEnd(LoadedApp& app) override;
  void appLog(const AppVersion& version, std::vector<AppLogLine> lines) override;
  Next endTurn() override;
  void taskFailed(kj::Exception&& error) override;

  EventLoop& loop_;
  const WorkerSettings& settings_;
  const PoolSettings& poolSettings_;
  Counters& counters_;
  AppLogTarget logTarget_;
  RequestIds ids_;
  uint32_t failedStarts_ = 0;
  bool refillScheduled_ = false;

  std::vector<std::unique_ptr<Worker>> workers_;
  std::unordered_map<std::string, Cordon> cordons_;
  std::unordered_map<const AppVersion*, LoadedApp*> live_;  // What new requests may go to.
  std::vector<LoadedApp*> dirty_;                           // Asked for endTurn().
  kj::TaskSet tasks_;
};

}  // namespace nano
