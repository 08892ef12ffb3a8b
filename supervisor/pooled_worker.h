#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <kj/time.h>

#include "supervisor/loaded_app.h"
#include "supervisor/worker_process.h"

namespace nano {

// A worker process and what a front end has given it to do.
struct PooledWorker {
  enum class Use : uint8_t {
    kSpare,
    kCordon,  // Takes its cordon's new requests.
    kTrial,   // Tries one start, and goes.
    kLeaving  // Of a cordon that has another by now: goes when its requests are answered.
  };

  // The apps go before the process whose capabilities they hold.
  std::unique_ptr<WorkerProcess> process;
  std::vector<std::unique_ptr<LoadedApp>> apps;
  // Requests and fetches that these have open.
  std::shared_ptr<size_t> exchanges = std::make_shared<size_t>(0);
  std::string tenant;  // Of all its apps; empty for a spare.
  std::string cordon;
  Use use = Use::kSpare;
  kj::TimePoint usedAt = kj::origin<kj::TimePoint>();
  // Isolates it has had, as far as the supervisor knows: loads, and broken limits.
  uint32_t isolates = 0;

  ~PooledWorker() noexcept(false) { apps.clear(); }

  size_t inFlight() const {
    size_t count = 0;
    for (auto& app : apps)
      count += app->inFlight();
    return count;
  }
  kj::TimePoint lastUse() const {
    auto last = usedAt;
    for (auto& app : apps)
      last = std::max(last, app->usedAt());
    return last;
  }
  uint32_t isolatesSoFar() const {
    uint32_t count = isolates;
    for (auto& app : apps)
      count += app->condemned();
    return count;
  }
};

}  // namespace nano
