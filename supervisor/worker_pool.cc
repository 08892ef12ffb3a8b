#include "supervisor/worker_pool.h"

#include <algorithm>
#include <random>

#include <glog/logging.h>
#include <kj/debug.h>

#include "protocol/libevent.h"
#include "supervisor/backoff.h"
#include "supervisor/call_messages.h"

namespace nano {

namespace {

// An app that did not start is tried again by the first request after this.
constexpr kj::Duration kFailedAppRest = 1 * kj::SECONDS;
// A cordon whose worker has lived this long starts again without delay (security notes 3.1: more
// than five crashes in 60 s is a loop).
constexpr kj::Duration kCalm = 60 * kj::SECONDS;
// Deaths within kCalm that cost no delay: bad luck, not a loop.
constexpr uint32_t kFreeDeaths = 5;
// Between the end of a process and its reaping; see Child::seeEnd().
constexpr kj::Duration kReapAfter = 20 * kj::MILLISECONDS;

}  // namespace

WorkerPool::WorkerPool(EventLoop& loop, const WorkerSettings& settings,
                       const PoolSettings& poolSettings, Surroundings surroundings)
    : TurnHook(loop),
      loop_(loop),
      settings_(settings),
      poolSettings_(poolSettings),
      counters_(surroundings.counters),
      ways_(surroundings.ways),
      logTarget_(std::move(surroundings.logTarget)),
      ids_(std::random_device()()),
      starts_(poolSettings.stock.startsPerSecond),
      stock_(loop, settings, poolSettings.stock, surroundings.counters,
             static_cast<WorkerProcess::Owner&>(*this)),
      tasks_(*this) {
  watch();
}

WorkerPool::~WorkerPool() noexcept(false) = default;

void WorkerPool::fetch(const std::shared_ptr<const AppVersion>& version, HttpExchange& exchange,
                       Admission admission) {
  auto place = appFor(version);
  if (auto* app = std::get_if<LoadedApp*>(&place)) {
    (*app)->fetch(exchange, std::move(admission));
    return;
  }
  auto& refusal = std::get<Refusal>(place);
  countRefusal(counters_, refusal);
  if (!refusal.reason.empty()) {
    logLine(*version, refusalLine(admission.usage(), refusal, monotonicNanos(loop_.timer())));
  }
  respondWithOutcome(exchange, refusal, asView(ids_.next()));
}

std::variant<LoadedApp*, Refusal> WorkerPool::appFor(
    const std::shared_ptr<const AppVersion>& version) {
  auto found = live_.find(version.get());
  if (found != live_.end()) {
    LoadedApp& app = *found->second;
    if (!app.mayBeTriedAgain(kFailedAppRest)) return &app;
    removeApp(app);
  }
  auto now = loop_.timer().now();
  auto rest = crashes_.quarantine(version->id, now);
  if (rest > 0 * kj::SECONDS) {
    return Refusal{.outcome = rpc::Outcome::QUARANTINED,
                   .retryAfterSeconds = static_cast<uint32_t>(rest / kj::SECONDS) + 1};
  }
  // The same name as a cordon that an app asks for (isolation "app").
  bool alone = crashes_.needsOwnWorker(version->id, now);
  auto place = workerFor(alone ? version->tenant + "/" + version->app : version->cordon, *version);
  if (auto* why = std::get_if<NoWorker>(&place)) {
    return Refusal{.outcome = rpc::Outcome::LOAD_SHED, .reason = describe(*why)};
  }
  auto& worker = *std::get<PooledWorker*>(place);
  LoadedApp& app = addApp(worker, version);
  live_[version.get()] = &app;
  tasks_.add(load(worker, app).ignoreResult());
  return &app;
}

std::variant<PooledWorker*, WorkerPool::NoWorker> WorkerPool::workerFor(const std::string& name,
                                                                        const AppVersion& version) {
  Cordon& cordon = cordons_[name];
  auto now = loop_.timer().now();
  // A process keeps its profile; the operator may have changed the tenant's.
  if (cordon.worker != nullptr && cordon.worker->process->codeProfile() != version.codeProfile) {
    replace(*cordon.worker, "its code profile has changed");
  }
  if (cordon.worker != nullptr) {
    cordon.worker->usedAt = now;
    return cordon.worker;
  }
  if (now < cordon.mayStartAt) return NoWorker::kBackOff;
  auto taken = takeFromStock(version);
  if (auto* why = std::get_if<NoWorker>(&taken)) return *why;
  auto* worker = std::get<PooledWorker*>(taken);
  worker->use = PooledWorker::Use::kCordon;
  worker->cordon = name;
  worker->usedAt = now;
  cordon.worker = worker;
  return worker;
}

LoadedApp& WorkerPool::addApp(PooledWorker& worker, std::shared_ptr<const AppVersion> version) {
  worker.isolates++;
  const LoadedApp::Surroundings around{loop_, counters_, ids_, ways_, worker.exchanges};
  worker.apps.push_back(std::make_unique<LoadedApp>(around, static_cast<LoadedApp::Owner&>(*this),
                                                    std::move(version)));
  return *worker.apps.back();
}

void WorkerPool::removeApp(LoadedApp& app) {
  auto found = live_.find(&app.version());
  if (found != live_.end() && found->second == &app) live_.erase(found);
  std::erase(dirty_, &app);
  for (auto& worker : workers_) {
    auto gone = std::find_if(worker->apps.begin(), worker->apps.end(),
                             [&app](auto& owned) { return owned.get() == &app; });
    if (gone == worker->apps.end()) continue;
    worker->isolates += app.condemned();
    worker->apps.erase(gone);
    return;
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

std::unique_ptr<PooledWorker> WorkerPool::removeWorker(WorkerProcess& process) {
  auto found = std::find_if(workers_.begin(), workers_.end(),
                            [&process](auto& worker) { return worker->process.get() == &process; });
  if (found == workers_.end()) return stock_.remove(process);
  auto worker = std::move(*found);
  workers_.erase(found);
  return worker;
}

void WorkerPool::workerEnded(WorkerProcess& process, const ProcessEnd& end) {
  std::unique_ptr<PooledWorker> worker = removeWorker(process);
  KJ_ASSERT(worker != nullptr);
  countDeath(*worker, end);
  auto cordon = cordons_.find(worker->cordon);
  if (cordon != cordons_.end() && cordon->second.worker == worker.get()) {
    cordon->second.worker = nullptr;
  }
  // A SIGKILL that was not ours came from outside: no app is to blame.
  bool fromOutside =
      classifyEnd(end) == EndClass::kKilled && !process.isAtFault() && !process.ranOutOfMemory();
  if (!process.isDismissed()) blame(*worker, fromOutside ? Cause::kOutside : Cause::kItself);
  // First all traces, then the answers: answering may bring the next request in.
  for (auto& app : worker->apps) {
    auto mapped = live_.find(&app->version());
    if (mapped != live_.end() && mapped->second == app.get()) live_.erase(mapped);
    std::erase(dirty_, app.get());
  }
  stock_.refill();
  auto now = loop_.timer().now();
  for (auto& app : worker->apps) {
    bool mayRetry = process.outcome() == rpc::Outcome::WORKER_DIED &&
                    worker->use != PooledWorker::Use::kTrial &&
                    crashes_.mayRetry(app->version().id, now);
    auto orphans = app->workerGone(
        process.outcome(), mayRetry ? LoadedApp::Orphans::kRetry : LoadedApp::Orphans::kAnswer);
    retry(app->sharedVersion(), std::move(orphans));
  }
  // Letting go of a call whose body was on its way has marked its app again.
  for (auto& app : worker->apps)
    std::erase(dirty_, app.get());
  worker->apps.clear();
  tasks_.add(loop_.timer().afterDelay(kReapAfter).attach(std::move(worker)));
}

void WorkerPool::countDeath(const PooledWorker& worker, const ProcessEnd& end) {
  WorkerProcess& process = *worker.process;
  auto endClass = classifyEnd(end);
  LOG(INFO) << "worker " << process.pid() << " ended: " << describeEnd(end) << " ("
            << endClassName(endClass) << "), cordon '" << worker.cordon << "'";
  if (process.isDismissed()) return;
  hadDeath_ = true;
  // What a tenant's dead processes cost counts towards its share; deploys and first requests do
  // not.
  if (!worker.tenant.empty()) starts_.take(worker.tenant, loop_.timer().now());
  Counters::add(counters_.workerDeaths);
  Counters::add(counters_.deathsBy[static_cast<size_t>(endClass)]);
  if (endClass == EndClass::kSandboxAlarm || endClass == EndClass::kMemoryBug) {
    Counters::add(counters_.sandboxAlarms);
    LOG(ERROR) << "ALARM: worker " << process.pid() << " of cordon '" << worker.cordon
               << "' died of " << describeEnd(end);
  }
}

// Whoever the worker was at work for may have ended it; when it was for nobody, whoever may still
// have had something to do after its answer (waitUntil). When nobody did, it is the cordon that
// waits.
void WorkerPool::blame(const PooledWorker& worker, Cause cause) {
  auto now = loop_.timer().now();
  bool somebody = false;
  bool anyAtWork = std::any_of(worker.apps.begin(), worker.apps.end(),
                               [](auto& app) { return app->isAtWork(); });
  for (auto& app : worker.apps) {
    auto afterwards = app->version().limits.get(rpc::Limit::WAIT_UNTIL) * kj::MILLISECONDS;
    bool suspect = anyAtWork ? app->isAtWork() : now - app->usedAt() <= afterwards;
    if (cause == Cause::kOutside || !suspect) continue;
    somebody = true;
    const AppVersion& version = app->version();
    bool rested = crashes_.quarantine(version.id, now) > 0 * kj::SECONDS;
    crashes_.record(version.id, now);
    auto rest = crashes_.quarantine(version.id, now);
    if (rested || rest == 0 * kj::SECONDS) continue;
    Counters::add(counters_.quarantines);
    app->logError({}, "The app ended its process again and again: it is not started for " +
                          std::to_string(rest / kj::SECONDS) + " s. A new version ends that.");
    LOG(WARNING) << "app '" << version.app << "' of tenant '" << version.tenant
                 << "' is quarantined for " << rest / kj::SECONDS << " s";
  }
  if (!somebody && worker.use == PooledWorker::Use::kCordon) backOff(cordons_[worker.cordon]);
}

void WorkerPool::backOff(Cordon& cordon) {
  auto now = loop_.timer().now();
  cordon.deaths = now - cordon.lastDeath > kCalm ? 0 : cordon.deaths + 1;
  cordon.lastDeath = now;
  cordon.mayStartAt = now;
  if (cordon.deaths >= kFreeDeaths) {
    cordon.mayStartAt = now + doubled(poolSettings_.firstBackoff, cordon.deaths - kFreeDeaths,
                                      poolSettings_.maxBackoff);
  }
}

void WorkerPool::forgetCalmCordons(kj::TimePoint now) {
  std::erase_if(cordons_, [now](auto& entry) {
    const Cordon& cordon = entry.second;
    return cordon.worker == nullptr && cordon.mayStartAt <= now && now - cordon.lastDeath > kCalm;
  });
}

void WorkerPool::retry(const std::shared_ptr<const AppVersion>& version,
                       std::vector<OrphanedCall> orphans) {
  for (auto& orphan : orphans) {
    std::variant<LoadedApp*, Refusal> place = Refusal{};
    guard([this, &version, &place] { place = appFor(version); },
          [](kj::Exception&& error) {
            LOG(ERROR) << "a retry failed: " << error.getDescription().cStr();
          });
    if (auto* app = std::get_if<LoadedApp*>(&place)) {
      Counters::add(counters_.retries);
      (*app)->retry(std::move(orphan));
    } else {
      auto& refusal = std::get<Refusal>(place);
      countRefusal(counters_, refusal);
      respondWithOutcome(*orphan.exchange, refusal, asView(orphan.requestId));
    }
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

void WorkerPool::logLine(const AppVersion& version, std::string_view message) {
  if (!message.empty()) logTarget_(version, {errorLine({}, message, version.id)});
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

void WorkerPool::taskFailed(kj::Exception&& error) {
  if (error.getType() == kj::Exception::Type::DISCONNECTED) return;
  LOG(ERROR) << "worker pool: " << error.getDescription().cStr();
}

}  // namespace nano
