#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <kj/async.h>

#include "protocol/event_loop.h"
#include "supervisor/counters.h"
#include "supervisor/crash_book.h"
#include "supervisor/live_server.h"
#include "supervisor/loaded_app.h"
#include "supervisor/pooled_worker.h"
#include "supervisor/start_shares.h"
#include "supervisor/worker_stock.h"

namespace nano {

struct PoolSettings {
  StockSettings stock;
  // Processes with a cordon, beside those that only answer what they have. Past it a tenant has its
  // share of them: their number divided by the tenants that have any.
  size_t maxWorkers = 256;
  // A worker without a request for so long is ended; an app of a busy one is unloaded.
  kj::Duration idleLimit = 5 * kj::MINUTES;
  // Between the deaths of a cordon's workers that no app is to blame for, and the next start:
  // doubled with each in a row (security notes 3.1). The first five within a minute cost nothing.
  kj::Duration firstBackoff = 100 * kj::MILLISECONDS;
  kj::Duration maxBackoff = 30 * kj::SECONDS;
  // What loading an app may take, beyond its CPU limit, before its worker is killed.
  kj::Duration loadLimit = 5 * kj::SECONDS;
  // A deploy waits so long for a process to try its app in.
  kj::Duration trialPatience = 10 * kj::SECONDS;
  // A worker is replaced after so many isolates, or when it stays above this part of its memory
  // limit while it is idle: V8 processes do not give all their memory back.
  uint32_t maxIsolates = 10'000;
  double memoryToRecycleAt = 0.75;
  // How long a worker that is being replaced may take for the requests it has.
  kj::Duration leaveLimit = 60 * kj::SECONDS;
};

// The worker processes of one front end, and which of them runs which app.
//
// A cordon has one worker, taken from the stock when its first request comes. When a worker dies
// its requests are answered, or sent once more to the next; an app that is to blame twice gets a
// worker of its own, and rests when it goes on (CrashBook). Apps of different cordons never meet in
// a process, and a process never changes its cordon.
class WorkerPool final : private WorkerProcess::Owner,
                         private LoadedApp::Owner,
                         private TurnHook,
                         private kj::TaskSet::ErrorHandler {
 public:
  using AppLogTarget = std::function<void(const AppVersion&, std::vector<AppLogLine>)>;

  // What a front end has around its pool; all of it outlives the pool.
  struct Surroundings {
    Counters& counters;
    EgressWays& ways;
    AppLogTarget logTarget;
  };
  // `settings` outlive the pool.
  WorkerPool(EventLoop& loop, const WorkerSettings& settings, const PoolSettings& poolSettings,
             Surroundings surroundings);
  ~WorkerPool() noexcept(false);
  KJ_DISALLOW_COPY(WorkerPool);

  // Ready once a first worker is in its sandbox; rejects with the reason when it does not get
  // there.
  kj::Promise<void> firstWorker() { return stock_.firstReady(); }

  // Takes the exchange over until it is answered.
  void fetch(const std::shared_ptr<const AppVersion>& version, HttpExchange& exchange,
             Admission admission);
  // Lets go of every app that is not in `live`, as soon as its requests are answered.
  void retireAllBut(const std::function<bool(const AppVersion&)>& isLive);

  // A line of ours in an app's log, unless it is empty.
  void logLine(const AppVersion& version, std::string_view message);

  // Loads the version in a worker of its own and throws that worker away. Waits a while for one.
  kj::Promise<StartupResult> tryStart(std::shared_ptr<const AppVersion> version) {
    return tryStart(std::move(version), loop_.timer().now() + poolSettings_.trialPatience);
  }

  size_t inFlight() const;
  std::vector<WorkerStatus> status() const;
  RequestIds& requestIds() { return ids_; }

 private:
  struct Cordon {
    PooledWorker* worker = nullptr;
    uint32_t deaths = 0;  // In a row, that no app is to blame for.
    kj::TimePoint mayStartAt = kj::origin<kj::TimePoint>();
    kj::TimePoint lastDeath = kj::origin<kj::TimePoint>();
  };

  // Where requests for this version go, loaded now if it is not yet; or why there is no place.
  std::variant<LoadedApp*, Refusal> appFor(const std::shared_ptr<const AppVersion>& version);
  enum class NoWorker { kBackOff, kStarts, kPlaces, kStock };
  static std::string_view describe(NoWorker why);
  std::variant<PooledWorker*, NoWorker> workerFor(const std::string& cordon,
                                                  const AppVersion& version);
  std::variant<PooledWorker*, NoWorker> takeFromStock(const AppVersion& version);
  bool makePlace(const std::string& tenant);
  PooledWorker* longestUnused(const std::function<bool(const PooledWorker&)>& mayGo);
  void giveUpPlace(PooledWorker& worker, kj::StringPtr why);
  LoadedApp& addApp(PooledWorker& worker, std::shared_ptr<const AppVersion> version);
  kj::Promise<StartupResult> tryStart(std::shared_ptr<const AppVersion> version,
                                      kj::TimePoint patienceEnds);
  kj::Promise<StartupResult> load(PooledWorker& worker, LoadedApp& app);
  kj::Promise<capnp::Response<rpc::Worker::LoadResults>> sendLoad(PooledWorker& worker,
                                                                  LoadedApp& app);
  StartupResult loadFailed(const std::shared_ptr<LoadedApp* const>& alive,
                           const kj::Exception& error);
  void removeApp(LoadedApp& app);

  std::unique_ptr<PooledWorker> removeWorker(WorkerProcess& process);
  void countDeath(const PooledWorker& worker, const ProcessEnd& end);
  enum class Cause { kItself, kOutside };
  void blame(const PooledWorker& worker, Cause cause);
  void backOff(Cordon& cordon);
  void retry(const std::shared_ptr<const AppVersion>& version, std::vector<OrphanedCall> orphans);

  void watch();
  void unloadIdleApps(PooledWorker& worker);
  bool isWornOut(const PooledWorker& worker) const;
  void replace(PooledWorker& worker, kj::StringPtr why);
  void turnAway(PooledWorker& worker);
  void letGo(PooledWorker& worker, kj::StringPtr why);
  // Dismisses the worker of a cordon that is idle longest.
  void evictIdle(kj::StringPtr why);
  void dismissWhoAreDone();
  void forgetCalmCordons(kj::TimePoint now);

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
  EgressWays& ways_;
  AppLogTarget logTarget_;
  RequestIds ids_;
  bool hadDeath_ = false;  // Since the last look.

  CrashBook crashes_;
  StartShares starts_;
  std::unordered_map<std::string, Cordon> cordons_;
  std::unordered_map<const AppVersion*, LoadedApp*> live_;  // What new requests may go to.
  // Asked for endTurn(). Before the workers: an app that goes with its worker still asks.
  std::vector<LoadedApp*> dirty_;
  std::vector<std::unique_ptr<PooledWorker>> workers_;
  WorkerStock stock_;
  kj::TaskSet tasks_;
};

}  // namespace nano
