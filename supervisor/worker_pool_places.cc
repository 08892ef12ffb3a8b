// WorkerPool: who gets a worker process, where there are only so many.

#include <algorithm>
#include <map>
#include <string_view>

#include "supervisor/worker_pool.h"

namespace nano {

namespace {

// Those that only answer what they have are beside the others, but not without end.
constexpr size_t kMostWithLeaving = 2;

bool isIdle(const PooledWorker& worker) {
  return worker.use == PooledWorker::Use::kCordon && worker.inFlight() == 0;
}

}  // namespace

std::string_view WorkerPool::describe(NoWorker why) {
  switch (why) {
    case NoWorker::kBackOff:
      return "its process has ended again and again, so the next start waits";
    case NoWorker::kStarts:
      return "the tenant has had its share of process starts for the moment";
    case NoWorker::kPlaces:
      return "all worker processes are taken, and the tenant has its share of them";
    case NoWorker::kStock:
      return "no worker process can be started at the moment";
  }
  return {};
}

std::variant<PooledWorker*, WorkerPool::NoWorker> WorkerPool::takeFromStock(
    const AppVersion& version) {
  auto now = loop_.timer().now();
  if (!stock_.hasPlenty() && !starts_.mayTake(version.tenant, now)) return NoWorker::kStarts;
  // First: nobody has to go for a process that cannot be had.
  if (!stock_.has(version.codeProfile)) return NoWorker::kStock;
  if (!makePlace(version.tenant)) return NoWorker::kPlaces;
  auto worker = stock_.take(version.codeProfile);
  if (worker == nullptr) return NoWorker::kStock;
  worker->use = PooledWorker::Use::kTrial;
  worker->tenant = version.tenant;
  // Whoever ended one process with its work will do the same to the next.
  if (starts_.hasLost(version.tenant, now)) worker->process->turns().expectLongTurns();
  workers_.push_back(std::move(worker));
  return workers_.back().get();
}

// When all places are taken, those of a tenant with more than its share go to one with less: the
// idle before the busy, which keep the requests they have. A tenant with its share makes place
// itself. Where nobody has more than a share, whoever is idle longest goes.
bool WorkerPool::makePlace(const std::string& tenant) {
  std::map<std::string_view, size_t> held;
  size_t taken = 0;
  size_t processes = 0;
  for (auto& worker : workers_) {
    if (worker->process->isDismissed()) continue;  // As good as gone.
    processes++;
    if (worker->use == PooledWorker::Use::kLeaving) continue;
    taken++;
    held[worker->tenant]++;
  }
  if (processes >= kMostWithLeaving * poolSettings_.maxWorkers) return false;
  if (taken < poolSettings_.maxWorkers) return true;
  const size_t own = held[tenant];
  const size_t share = std::max<size_t>(poolSettings_.maxWorkers / held.size(), 1);
  auto isOurs = [&tenant](const PooledWorker& worker) { return worker.tenant == tenant; };
  auto hasTooMany = [&held, share](const PooledWorker& worker) {
    return held[worker.tenant] > share;
  };
  const char* why = "its place is needed, and its tenant has more than its share of them";
  PooledWorker* leaver = nullptr;
  if (own >= share) {
    why = "its tenant needs its place and it is idle";
    leaver = longestUnused([&](auto& worker) { return isOurs(worker) && isIdle(worker); });
  } else {
    leaver = longestUnused([&](auto& worker) { return hasTooMany(worker) && isIdle(worker); });
    if (leaver == nullptr) leaver = longestUnused(hasTooMany);
    if (leaver == nullptr) leaver = longestUnused(isIdle);
  }
  if (leaver == nullptr) return false;
  giveUpPlace(*leaver, why);
  return true;
}

PooledWorker* WorkerPool::longestUnused(const std::function<bool(const PooledWorker&)>& mayGo) {
  PooledWorker* oldest = nullptr;
  for (auto& worker : workers_) {
    if (worker->use != PooledWorker::Use::kCordon || !mayGo(*worker)) continue;
    if (oldest == nullptr || worker->lastUse() < oldest->lastUse()) oldest = worker.get();
  }
  return oldest;
}

void WorkerPool::giveUpPlace(PooledWorker& worker, kj::StringPtr why) {
  if (isIdle(worker)) {
    letGo(worker, why);
  } else {
    replace(worker, why);
  }
}

void WorkerPool::evictIdle(kj::StringPtr why) {
  if (PooledWorker* oldest = longestUnused(isIdle)) letGo(*oldest, why);
}

}  // namespace nano
