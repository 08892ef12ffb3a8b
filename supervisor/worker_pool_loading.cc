// WorkerPool: an app comes into a worker.

#include <algorithm>

#include <glog/logging.h>
#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/load_message.h"
#include "supervisor/process_log.h"
#include "supervisor/version_store.h"
#include "supervisor/worker_pool.h"

namespace nano {

namespace {

// The engine and its snapshot, and what V8 keeps beside heaps (security 3.1).
constexpr uint64_t kWorkerBaseBytes = uint64_t{96} << 20;
// A call to a worker that dies fails a moment before its end is known.
constexpr kj::Duration kDeathAfterCall = 200 * kj::MILLISECONDS;

// Between two tries to get a process for a deploy.
constexpr kj::Duration kTrialPause = 100 * kj::MILLISECONDS;

// What a worker needs when all its apps use all they may (security 3.1).
uint64_t memoryFor(const PooledWorker& worker) {
  uint64_t bytes = kWorkerBaseBytes;
  for (auto& app : worker.apps) {
    const AppLimits& limits = app->version().limits;
    bytes += limits.bytes(rpc::Limit::HEAP) / 2 * 3 + limits.bytes(rpc::Limit::BUFFERS);
  }
  return bytes;
}

}  // namespace

kj::Promise<capnp::Response<rpc::Worker::LoadResults>> WorkerPool::sendLoad(PooledWorker& worker,
                                                                            LoadedApp& app) {
  auto host = app.host();
  auto egress = app.egress();
  auto version = app.sharedVersion();
  WorkerProcess& process = *worker.process;
  // At start-up and later: whichever turn is the longer.
  process.allowTurns(std::max(version->limits.get(rpc::Limit::BLOCKED_TURN),
                              version->limits.get(rpc::Limit::STARTUP_CPU)) *
                     kj::MILLISECONDS);
  process.setMemoryLimit(
      std::min({memoryFor(worker), settings_.limits.memoryBytes, version->memoryBytes}));
  process.setCpuWeight(version->cpuWeight);
  return process.ready().then([&process, version, host, egress]() mutable {
    process.turns().noteWork();
    auto read = loadModules(*version);
    if (auto* problem = std::get_if<std::string>(&read)) {
      kj::throwFatalException(KJ_EXCEPTION(FAILED, "its modules cannot be read", problem->c_str()));
    }
    auto& contents = std::get<std::vector<kj::Array<kj::byte>>>(read);
    size_t words = 256;
    for (auto& module : contents)
      words += module.size() / sizeof(capnp::word) + 16;
    auto request = process.rpc().loadRequest(capnp::MessageSize{words, 2});
    fillVersion(request.initVersion(), *version, contents);
    request.setHost(host);
    request.setEgress(egress);
    return request.send();
  });
}

kj::Promise<StartupResult> WorkerPool::load(PooledWorker& worker, LoadedApp& app) {
  auto version = app.sharedVersion();
  auto alive = app.whileAlive();
  return loop_.timer()
      .timeoutAfter(poolSettings_.loadLimit + settings_.startLimit,
                    kj::evalNow([this, &worker, &app]() { return sendLoad(worker, app); }))
      .then([alive, version, &turns = worker.process->turns()](
                capnp::Response<rpc::Worker::LoadResults>&& results) -> StartupResult {
        auto result = toStartupResult(results, version->limits);
        // The process outlives its apps.
        if (*alive == nullptr) return result;
        if (std::holds_alternative<Started>(result)) {
          (*alive)->started(results.getApp(), turns);
        } else {
          (*alive)->logStartupFailure(std::get<StartupFailure>(result));
          (*alive)->failed(
              workersRefusal(results.getOutcome(), results.getBreach(), version->limits));
        }
        return result;
      })
      .catch_([this, alive](kj::Exception&& error) { return loadFailed(alive, error); });
}

// Whatever went wrong, on our side or by what a hostile worker answered: the app does not stay in
// between.
StartupResult WorkerPool::loadFailed(const std::shared_ptr<LoadedApp* const>& alive,
                                     const kj::Exception& error) {
  LoadedApp* app = *alive;
  bool tookTooLong = error.getType() == kj::Exception::Type::OVERLOADED;
  bool workerDied = error.getType() == kj::Exception::Type::DISCONNECTED;
  if (app != nullptr && tookTooLong) killWorker(*app, "an app takes too long to start in it");
  // The worker's end, which follows, says what becomes of the requests. When it does not follow,
  // the worker only said so.
  if (app != nullptr && workerDied) {
    tasks_.add(loop_.timer().afterDelay(kDeathAfterCall).then([this, alive]() {
      if (*alive != nullptr && (*alive)->isStarting()) {
        killWorker(**alive, "it dropped the load of an app");
      }
    }));
  }
  if (app != nullptr && !tookTooLong && !workerDied) {
    LOG(ERROR) << "an app cannot be loaded: " << asLogLine(error.getDescription().cStr());
    app->failed({rpc::Outcome::STARTUP_FAILED});
  }
  StartupFailure failure;
  failure.reason = "workerDied";
  failure.message = tookTooLong ? "The app did not start in time."
                                : "The worker process ended while the app was starting.";
  return failure;
}

kj::Promise<StartupResult> WorkerPool::tryStart(std::shared_ptr<const AppVersion> version,
                                                kj::TimePoint patienceEnds) {
  auto taken = takeFromStock(*version);
  if (auto* why = std::get_if<NoWorker>(&taken)) {
    if (loop_.timer().now() < patienceEnds) {
      return loop_.timer().afterDelay(kTrialPause).then([this, version, patienceEnds]() mutable {
        return tryStart(std::move(version), patienceEnds);
      });
    }
    StartupFailure failure;
    failure.reason = "loadShed";
    failure.message = "No worker process could be had to try the app: ";
    failure.message.append(describe(*why)).append(".");
    return StartupResult(std::move(failure));
  }
  auto& worker = *std::get<PooledWorker*>(taken);
  LoadedApp& app = addApp(worker, std::move(version));
  WorkerProcess& process = *worker.process;
  auto alive = app.whileAlive();
  return load(worker, app).then([&process, alive](StartupResult&& result) {
    // The process may be gone already, and its apps with it.
    if (*alive != nullptr) process.dismiss("the start it was for has been tried");
    return kj::mv(result);
  });
}

}  // namespace nano
