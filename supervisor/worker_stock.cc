#include "supervisor/worker_stock.h"

#include <algorithm>

#include <glog/logging.h>
#include <kj/debug.h>

#include "supervisor/backoff.h"

namespace nano {

WorkerStock::WorkerStock(EventLoop& loop, const WorkerSettings& workers,
                         const StockSettings& settings, Counters& counters,
                         WorkerProcess::Owner& owner)
    : loop_(loop),
      workers_(workers),
      settings_(settings),
      counters_(counters),
      owner_(owner),
      startsLeft_(settings.startsAtOnce),
      startsCountedAt_(loop.timer().now()),
      tasks_(*this) {
  refill();
}

WorkerStock::~WorkerStock() noexcept(false) = default;

// How many may be started now.
void WorkerStock::countStarts() {
  auto now = loop_.timer().now();
  double since = static_cast<double>((now - startsCountedAt_) / kj::NANOSECONDS) / 1e9;
  startsCountedAt_ = now;
  startsLeft_ = std::min(startsLeft_ + since * settings_.startsPerSecond,
                         static_cast<double>(settings_.startsAtOnce));
}

std::unique_ptr<PooledWorker> WorkerStock::start(CodeProfile code) {
  countStarts();
  if (startsLeft_ < 1) return nullptr;
  startsLeft_ -= 1;
  auto worker = std::make_unique<PooledWorker>();
  auto error = kj::runCatchingExceptions([this, code, &worker] {
    worker->process = std::make_unique<WorkerProcess>(loop_, workers_, owner_, code);
  });
  KJ_IF_MAYBE(e, error) {
    LOG(ERROR) << "a worker cannot be started: " << e->getDescription().cStr();
    failedStarts_++;
    return nullptr;
  }
  Counters::add(counters_.workersStarted);
  return worker;
}

bool WorkerStock::has(CodeProfile code) {
  if (code == CodeProfile::kDefault && !spares_.empty()) return true;
  countStarts();
  return startsLeft_ >= 1;
}

bool WorkerStock::hasPlenty() {
  countStarts();
  return startsLeft_ > settings_.startsAtOnce / 2.0;
}

std::unique_ptr<PooledWorker> WorkerStock::take(CodeProfile code) {
  // Spares have the usual profile; a process cannot change its own.
  if (code != CodeProfile::kDefault) return start(code);
  auto best = std::find_if(spares_.begin(), spares_.end(),
                           [](auto& worker) { return worker->process->isReady(); });
  if (best == spares_.end()) best = spares_.begin();
  std::unique_ptr<PooledWorker> taken;
  if (best == spares_.end()) {
    taken = start(code);
  } else {
    taken = std::move(*best);
    spares_.erase(best);
  }
  refill();
  return taken;
}

kj::Promise<void> WorkerStock::firstReady() {
  if (spares_.empty()) {
    if (auto worker = start(CodeProfile::kDefault)) spares_.push_back(std::move(worker));
  }
  KJ_REQUIRE(!spares_.empty(), "the process cannot be started; the reason is logged above");
  return spares_.front()->process->ready();
}

std::unique_ptr<PooledWorker> WorkerStock::remove(WorkerProcess& process) {
  auto found = std::find_if(spares_.begin(), spares_.end(),
                            [&process](auto& worker) { return worker->process.get() == &process; });
  if (found == spares_.end()) return nullptr;
  auto worker = std::move(*found);
  spares_.erase(found);
  failedStarts_++;
  return worker;
}

void WorkerStock::refill() {
  if (refillScheduled_ || spares_.size() >= settings_.spares) return;
  refillScheduled_ = true;
  auto delay = failedStarts_ == 0
                   ? 0 * kj::MILLISECONDS
                   : doubled(settings_.firstBackoff, failedStarts_ - 1, settings_.maxBackoff);
  if (startsLeft_ < 1) delay = std::max(delay, 1 * kj::SECONDS / settings_.startsPerSecond);
  tasks_.add(loop_.timer().afterDelay(delay).then([this] {
    refillScheduled_ = false;
    if (spares_.size() >= settings_.spares) return;
    if (auto worker = start(CodeProfile::kDefault)) {
      tasks_.add(worker->process->ready().then([this] { failedStarts_ = 0; }));
      spares_.push_back(std::move(worker));
    }
    refill();
  }));
}

void WorkerStock::taskFailed(kj::Exception&& error) {
  if (error.getType() == kj::Exception::Type::DISCONNECTED) return;
  LOG(ERROR) << "starting workers: " << error.getDescription().cStr();
}

}  // namespace nano
