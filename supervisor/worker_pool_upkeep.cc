// WorkerPool: what is idle, worn out or done goes.

#include <malloc.h>

#include <algorithm>
#include <utility>

#include <glog/logging.h>

#include "supervisor/machine_memory.h"
#include "supervisor/worker_pool.h"

namespace nano {

namespace {

constexpr kj::Duration kLongestWatchPeriod = 5 * kj::SECONDS;
constexpr kj::Duration kShortestWatchPeriod = 100 * kj::MILLISECONDS;
// A worker whose last app is gone waits so long for the next: a deploy is often followed by one.
constexpr kj::Duration kEmptyLimit = 2 * kj::SECONDS;

// Its requests are answered, and what they gave to waitUntil has had its time.
bool isDone(const LoadedApp& app, kj::TimePoint now) {
  auto afterwards = app.version().limits.get(rpc::Limit::WAIT_UNTIL) * kj::MILLISECONDS;
  return app.inFlight() == 0 && now - app.usedAt() > afterwards;
}

bool isDone(const PooledWorker& worker, kj::TimePoint now) {
  return std::all_of(worker.apps.begin(), worker.apps.end(),
                     [now](auto& app) { return isDone(*app, now); });
}

}  // namespace

void WorkerPool::watch() {
  auto period = std::clamp(poolSettings_.idleLimit / 2, kShortestWatchPeriod, kLongestWatchPeriod);
  tasks_.add(loop_.timer().afterDelay(period).then([this] {
    auto now = loop_.timer().now();
    crashes_.forgetCalm(now);
    forgetCalmCordons(now);
    auto memory = readMachineMemory();
    if (memory && isShort(*memory)) {
      LOG(WARNING) << "the machine is short of memory: " << (memory->available >> 20)
                   << " MB are left; what is idle goes, the least recently used first";
      evictIdle("the machine is short of memory and it is idle");
    }
    for (auto& worker : workers_) {
      if (worker->use != PooledWorker::Use::kCordon) continue;
      auto limit = poolSettings_.idleLimit;
      if (worker->apps.empty()) limit = std::min(limit, kEmptyLimit);
      if (worker->inFlight() == 0 && now - worker->lastUse() > limit) {
        letGo(*worker, "it has been idle for long");
      } else if (isWornOut(*worker)) {
        replace(*worker, "it has had its share of isolates or memory");
      } else {
        unloadIdleApps(*worker);
      }
    }
    dismissWhoAreDone();
    // What a hostile worker made us buffer went with it, but the allocator would keep it.
    if (std::exchange(hadDeath_, false)) malloc_trim(0);
    watch();
  }));
}

// Least recently used first is every one that is idle for the limit; none else has to go while
// memory lasts.
void WorkerPool::unloadIdleApps(PooledWorker& worker) {
  auto now = loop_.timer().now();
  bool tight = worker.process->memoryBytes() >
               poolSettings_.memoryToRecycleAt * static_cast<double>(worker.process->memoryLimit());
  LoadedApp* oldest = nullptr;
  std::vector<LoadedApp*> idle;
  for (auto& app : worker.apps) {
    if (app->inFlight() > 0) continue;
    bool isOlder = oldest == nullptr || app->usedAt() < oldest->usedAt();
    if (isOlder && isDone(*app, now)) oldest = app.get();
    if (now - app->usedAt() > poolSettings_.idleLimit) idle.push_back(app.get());
  }
  if (tight && idle.empty() && oldest != nullptr && worker.apps.size() > 1) idle.push_back(oldest);
  for (LoadedApp* app : idle) {
    LOG(INFO) << "app '" << app->version().app << "' is unloaded from worker "
              << worker.process->pid() << ": " << (tight ? "memory is short" : "it is idle");
    removeApp(*app);
  }
}

bool WorkerPool::isWornOut(const PooledWorker& worker) const {
  if (worker.isolatesSoFar() >= poolSettings_.maxIsolates) return true;
  double limit = static_cast<double>(worker.process->memoryLimit());
  return worker.apps.size() == 1 && worker.inFlight() == 0 && limit > 0 &&
         static_cast<double>(worker.process->memoryBytes()) >
             poolSettings_.memoryToRecycleAt * limit;
}

// New requests of its cordon go to another worker; it stays for those it has.
void WorkerPool::replace(PooledWorker& worker, kj::StringPtr why) {
  LOG(INFO) << "worker " << worker.process->pid() << " is being replaced: " << why.cStr();
  turnAway(worker);
}

void WorkerPool::letGo(PooledWorker& worker, kj::StringPtr why) {
  turnAway(worker);
  worker.process->dismiss(why);
}

// Nothing new comes to it.
void WorkerPool::turnAway(PooledWorker& worker) {
  worker.use = PooledWorker::Use::kLeaving;
  worker.usedAt = loop_.timer().now();
  auto cordon = cordons_.find(worker.cordon);
  if (cordon != cordons_.end() && cordon->second.worker == &worker) {
    cordon->second.worker = nullptr;
  }
  for (auto& app : worker.apps) {
    auto found = live_.find(&app->version());
    if (found != live_.end() && found->second == app.get()) live_.erase(found);
  }
}

void WorkerPool::dismissWhoAreDone() {
  auto now = loop_.timer().now();
  for (auto& worker : workers_) {
    if (worker->use != PooledWorker::Use::kLeaving) continue;
    bool isLate = now - worker->usedAt > poolSettings_.leaveLimit;
    if (isDone(*worker, now) || isLate) worker->process->dismiss("another has its place");
  }
}

std::vector<WorkerStatus> WorkerPool::status() const {
  std::vector<WorkerStatus> all;
  auto add = [&all](const PooledWorker& worker) {
    WorkerStatus status;
    status.pid = worker.process->pid();
    status.cordon = worker.cordon;
    status.isLeaving = worker.use == PooledWorker::Use::kLeaving;
    status.rssBytes = worker.process->rssBytes();
    status.sandboxLayers = worker.process->sandboxLayers();
    for (auto& app : worker.apps) {
      status.apps.push_back(app->version().app);
      status.requests += app->requests();
    }
    all.push_back(std::move(status));
  };
  for (auto& worker : workers_)
    add(*worker);
  for (auto& worker : stock_.spares())
    add(*worker);
  return all;
}

}  // namespace nano
