#include "supervisor/worker_pool.h"

#include <algorithm>

#include <glog/logging.h>
#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/load_message.h"
#include "supervisor/version_store.h"

namespace nano {

namespace {

// An app that did not start is tried again by the first request after this.
constexpr kj::Duration kFailedAppRest = 1 * kj::SECONDS;
// A cordon whose worker has lived this long starts again without delay (security notes 3.1: more
// than five crashes in 60 s is a loop).
constexpr kj::Duration kCalm = 60 * kj::SECONDS;
// Deaths within kCalm that cost no delay: bad luck, not a loop.
constexpr uint32_t kFreeDeaths = 5;
constexpr kj::Duration kIdleCheck = 10 * kj::SECONDS;

kj::Duration doubled(kj::Duration first, uint32_t times, kj::Duration most) {
  auto delay = first;
  for (uint32_t i = 0; i < times && delay < most; i++)
    delay = delay * 2;
  return std::min(delay, most);
}

}  // namespace

struct WorkerPool::Worker {
  // The apps go before the process whose capabilities they hold.
  std::unique_ptr<WorkerProcess> process;
  std::vector<std::unique_ptr<LoadedApp>> apps;
  std::string cordon;  // Empty: a spare, or one that only tries a start.
  enum class Use { kSpare, kCordon, kTrial } use = Use::kSpare;
  kj::TimePoint usedAt = kj::origin<kj::TimePoint>();

  ~Worker() noexcept(false) { apps.clear(); }

  size_t inFlight() const {
    size_t count = 0;
    for (auto& app : apps)
      count += app->inFlight();
    return count;
  }
};

WorkerPool::WorkerPool(EventLoop& loop, const WorkerSettings& settings,
                       const PoolSettings& poolSettings, Counters& counters, AppLogTarget logTarget)
    : TurnHook(loop),
      loop_(loop),
      settings_(settings),
      poolSettings_(poolSettings),
      counters_(counters),
      logTarget_(std::move(logTarget)),
      ids_(std::random_device()()),
      tasks_(*this) {
  refillSpares();
  watchIdle();
}

WorkerPool::~WorkerPool() noexcept(false) = default;

kj::Promise<void> WorkerPool::firstWorker() {
  Worker* worker = workers_.empty() ? startWorker() : workers_.front().get();
  KJ_REQUIRE(worker != nullptr, "the process cannot be started; the reason is logged above");
  return worker->process->ready();
}

std::variant<LoadedApp*, rpc::Outcome> WorkerPool::appFor(
    const std::shared_ptr<const AppVersion>& version) {
  auto found = live_.find(version.get());
  if (found != live_.end()) {
    LoadedApp& app = *found->second;
    if (!app.mayBeTriedAgain(kFailedAppRest)) return &app;
    removeApp(app);
  }
  Worker* worker = workerFor(version->cordon);
  if (worker == nullptr) return rpc::Outcome::LOAD_SHED;
  LoadedApp& app = addApp(*worker, version);
  live_[version.get()] = &app;
  tasks_.add(load(*worker, app).ignoreResult());
  return &app;
}

WorkerPool::Worker* WorkerPool::workerFor(const std::string& name) {
  Cordon& cordon = cordons_[name];
  auto now = loop_.timer().now();
  if (cordon.worker != nullptr) {
    cordon.worker->usedAt = now;
    return cordon.worker;
  }
  if (now < cordon.mayStartAt) return nullptr;
  Worker* worker = takeSpare();
  if (worker == nullptr) return nullptr;
  worker->use = Worker::Use::kCordon;
  worker->cordon = name;
  worker->usedAt = now;
  cordon.worker = worker;
  return worker;
}

WorkerPool::Worker* WorkerPool::startWorker() {
  auto worker = std::make_unique<Worker>();
  auto error = kj::runCatchingExceptions([this, &worker] {
    worker->process = std::make_unique<WorkerProcess>(loop_, settings_,
                                                      static_cast<WorkerProcess::Owner&>(*this));
  });
  KJ_IF_MAYBE(e, error) {
    LOG(ERROR) << "a worker cannot be started: " << e->getDescription().cStr();
    failedStarts_++;
    return nullptr;
  }
  Counters::add(counters_.workersStarted);
  workers_.push_back(std::move(worker));
  return workers_.back().get();
}

// The spare that is ready, or else the one that will be first.
WorkerPool::Worker* WorkerPool::takeSpare() {
  if (workers_.size() >= poolSettings_.maxWorkers) evictIdle();
  Worker* best = nullptr;
  for (auto& worker : workers_) {
    if (worker->use != Worker::Use::kSpare) continue;
    if (best == nullptr || (worker->process->isReady() && !best->process->isReady())) {
      best = worker.get();
    }
  }
  if (best == nullptr && workers_.size() < poolSettings_.maxWorkers) best = startWorker();
  if (best == nullptr) return nullptr;
  best->use = Worker::Use::kTrial;
  refillSpares();
  return best;
}

// Later in this turn or, when starting fails, after a while: never in the way of a request.
void WorkerPool::refillSpares() {
  if (refillScheduled_) return;
  refillScheduled_ = true;
  auto delay = failedStarts_ == 0 ? 0 * kj::MILLISECONDS
                                  : doubled(poolSettings_.firstBackoff, failedStarts_ - 1,
                                            poolSettings_.maxBackoff);
  tasks_.add(loop_.timer().afterDelay(delay).then([this] {
    refillScheduled_ = false;
    size_t spares = std::count_if(workers_.begin(), workers_.end(),
                                  [](auto& worker) { return worker->use == Worker::Use::kSpare; });
    if (spares >= poolSettings_.spares) return;
    Worker* worker = startWorker();
    if (worker != nullptr) {
      tasks_.add(worker->process->ready().then([this] { failedStarts_ = 0; }));
    }
    refillSpares();
  }));
}

void WorkerPool::watchIdle() {
  tasks_.add(loop_.timer().afterDelay(kIdleCheck).then([this] {
    auto now = loop_.timer().now();
    for (auto& worker : workers_) {
      if (worker->use == Worker::Use::kCordon && worker->inFlight() == 0 &&
          now - worker->usedAt > poolSettings_.idleLimit) {
        worker->process->dismiss("it has been idle for long");
      }
    }
    watchIdle();
  }));
}

void WorkerPool::evictIdle() {
  Worker* oldest = nullptr;
  for (auto& worker : workers_) {
    if (worker->use != Worker::Use::kCordon || worker->inFlight() > 0) continue;
    if (oldest == nullptr || worker->usedAt < oldest->usedAt) oldest = worker.get();
  }
  if (oldest != nullptr) oldest->process->dismiss("its place is needed and it is idle");
}

LoadedApp& WorkerPool::addApp(Worker& worker, std::shared_ptr<const AppVersion> version) {
  worker.apps.push_back(std::make_unique<LoadedApp>(loop_, static_cast<LoadedApp::Owner&>(*this),
                                                    counters_, ids_, std::move(version)));
  return *worker.apps.back();
}

kj::Promise<StartupResult> WorkerPool::load(Worker& worker, LoadedApp& app) {
  auto host = app.host();
  auto version = app.sharedVersion();
  WorkerProcess& process = *worker.process;
  // At start-up and later: whichever turn is the longer.
  process.allowTurns(std::max(version->limits.get(rpc::Limit::BLOCKED_TURN),
                              version->limits.get(rpc::Limit::STARTUP_CPU)) *
                     kj::MILLISECONDS);
  auto loaded = process.ready().then([&process, version, host]() mutable {
    auto read = loadModules(*version);
    if (auto* problem = std::get_if<std::string>(&read)) {
      kj::throwFatalException(KJ_EXCEPTION(FAILED, "its modules cannot be read", problem->c_str()));
    }
    auto& contents = std::get<std::vector<kj::Array<kj::byte>>>(read);
    size_t words = 256;
    for (auto& module : contents)
      words += module.size() / sizeof(capnp::word) + 16;
    auto request = process.rpc().loadRequest(capnp::MessageSize{words, 1});
    fillVersion(request.initVersion(), *version, contents);
    request.setHost(host);
    return request.send();
  });
  auto limit = poolSettings_.loadLimit + settings_.startLimit;
  auto alive = app.whileAlive();
  return loop_.timer()
      .timeoutAfter(limit, kj::mv(loaded))
      .then(
          [alive, version](capnp::Response<rpc::Worker::LoadResults>&& results) -> StartupResult {
            auto result = toStartupResult(results, version->limits);
            if (*alive == nullptr) return result;
            if (std::holds_alternative<Started>(result)) {
              (*alive)->started(results.getApp());
            } else {
              auto& failure = std::get<StartupFailure>(result);
              (*alive)->logStartupFailure(failure);
              (*alive)->failed(results.getOutcome());
            }
            return result;
          },
          [this, alive](kj::Exception&& error) -> StartupResult {
            if (*alive != nullptr) {
              if (error.getType() == kj::Exception::Type::OVERLOADED) {
                killWorker(**alive, "an app takes too long to start in it");
              } else if (error.getType() != kj::Exception::Type::DISCONNECTED) {
                LOG(ERROR) << "an app cannot be loaded: " << error.getDescription().cStr();
              }
              (*alive)->failed(rpc::Outcome::STARTUP_FAILED);
            }
            StartupFailure failure;
            failure.reason = "workerDied";
            failure.message = error.getType() == kj::Exception::Type::OVERLOADED
                                  ? "The app did not start in time."
                                  : "The worker process ended while the app was starting.";
            return failure;
          });
}

void WorkerPool::removeApp(LoadedApp& app) {
  auto found = live_.find(&app.version());
  if (found != live_.end() && found->second == &app) live_.erase(found);
  std::erase(dirty_, &app);
  for (auto& worker : workers_) {
    std::erase_if(worker->apps, [&app](auto& owned) { return owned.get() == &app; });
  }
}

void WorkerPool::retireAllBut(const std::function<bool(const AppVersion&)>& isLive) {
  std::vector<LoadedApp*> retired;
  std::erase_if(live_, [&isLive, &retired](auto& entry) {
    if (isLive(*entry.first)) return false;
    retired.push_back(entry.second);
    return true;
  });
  for (LoadedApp* app : retired)
    app->retire();
}

kj::Promise<StartupResult> WorkerPool::tryStart(std::shared_ptr<const AppVersion> version) {
  Worker* worker = takeSpare();
  if (worker == nullptr) {
    StartupFailure failure;
    failure.reason = "loadShed";
    failure.message = "No worker process could be started to try the app; see nanod's log.";
    return StartupResult(std::move(failure));
  }
  LoadedApp& app = addApp(*worker, std::move(version));
  WorkerProcess& process = *worker->process;
  auto alive = app.whileAlive();
  return load(*worker, app).then([&process, alive](StartupResult&& result) {
    // The process may be gone already, and its apps with it.
    if (*alive != nullptr) process.dismiss("the start it was for has been tried");
    return kj::mv(result);
  });
}

void WorkerPool::workerEnded(WorkerProcess& process, const ProcessEnd& end) {
  auto found = std::find_if(workers_.begin(), workers_.end(),
                            [&process](auto& worker) { return worker->process.get() == &process; });
  KJ_ASSERT(found != workers_.end());
  std::unique_ptr<Worker> worker = std::move(*found);
  workers_.erase(found);

  auto endClass = classifyEnd(end);
  LOG(INFO) << "worker " << process.pid() << " ended: " << describeEnd(end) << " ("
            << endClassName(endClass) << "), cordon '" << worker->cordon << "'";
  if (!process.isDismissed()) Counters::add(counters_.workerDeaths);
  if (endClass == EndClass::kSandboxAlarm || endClass == EndClass::kMemoryBug) {
    Counters::add(counters_.sandboxAlarms);
    LOG(ERROR) << "ALARM: worker " << process.pid() << " of cordon '" << worker->cordon
               << "' died of " << describeEnd(end);
  }
  if (worker->use == Worker::Use::kCordon) {
    Cordon& cordon = cordons_[worker->cordon];
    cordon.worker = nullptr;
    if (!process.isDismissed()) recordDeath(cordon);
  }
  if (worker->use == Worker::Use::kSpare) failedStarts_++;
  // First all traces, then the answers: answering may bring the next request in.
  for (auto& app : worker->apps) {
    auto mapped = live_.find(&app->version());
    if (mapped != live_.end() && mapped->second == app.get()) live_.erase(mapped);
    std::erase(dirty_, app.get());
  }
  refillSpares();
  for (auto& app : worker->apps)
    app->failed(process.outcome());
}

void WorkerPool::recordDeath(Cordon& cordon) {
  auto now = loop_.timer().now();
  cordon.deaths = now - cordon.lastDeath > kCalm ? 0 : cordon.deaths + 1;
  cordon.lastDeath = now;
  cordon.mayStartAt = now;
  if (cordon.deaths >= kFreeDeaths) {
    cordon.mayStartAt = now + doubled(poolSettings_.firstBackoff, cordon.deaths - kFreeDeaths,
                                      poolSettings_.maxBackoff);
  }
}

void WorkerPool::killWorker(LoadedApp& app, kj::StringPtr why) {
  for (auto& worker : workers_) {
    for (auto& owned : worker->apps) {
      if (owned.get() == &app) worker->process->kill(why);
    }
  }
}

void WorkerPool::callAtTurnEnd(LoadedApp& app) { dirty_.push_back(&app); }

void WorkerPool::appLog(const AppVersion& version, std::vector<AppLogLine> lines) {
  logTarget_(version, std::move(lines));
}

TurnHook::Next WorkerPool::endTurn() {
  if (dirty_.empty()) return Next::kMaySleep;
  auto apps = std::move(dirty_);
  dirty_.clear();
  for (LoadedApp* app : apps) {
    app->endTurn();
    if (app->isFinished()) removeApp(*app);
  }
  return Next::kMaySleep;
}

size_t WorkerPool::inFlight() const {
  size_t count = 0;
  for (auto& worker : workers_)
    count += worker->inFlight();
  return count;
}

std::vector<WorkerStatus> WorkerPool::status() const {
  std::vector<WorkerStatus> all;
  for (auto& worker : workers_) {
    WorkerStatus status;
    status.pid = worker->process->pid();
    status.cordon = worker->cordon;
    status.rssBytes = worker->process->rssBytes();
    status.sandboxLayers = worker->process->sandboxLayers();
    for (auto& app : worker->apps) {
      status.apps.push_back(app->version().app);
      status.requests += app->requests();
    }
    all.push_back(std::move(status));
  }
  return all;
}

void WorkerPool::taskFailed(kj::Exception&& error) {
  if (error.getType() == kj::Exception::Type::DISCONNECTED) return;
  LOG(ERROR) << "worker pool: " << error.getDescription().cStr();
}

}  // namespace nano
