#include "supervisor/front_end.h"

#include <future>

#include <glog/logging.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "supervisor/cron/scheduled_exchange.h"
#include "supervisor/cron/test_scheduled.h"
#include "supervisor/dispatcher.h"
#include "supervisor/egress/front_end_egress.h"
#include "supervisor/http_server.h"
#include "supervisor/process_log.h"

namespace nano {

namespace {

// Log lines on their way to the control thread; past it they are dropped, not queued: a tenant that
// floods its log costs itself lines and nobody memory.
constexpr size_t kMaxLogBatches = 256;

}  // namespace

// What lives on the front end's thread.
class FrontEnd::Loop final : private HttpHandler, private kj::TaskSet::ErrorHandler {
 public:
  Loop(const FrontEndSettings& settings, Counters& counters, const kj::Executor& control,
       AppLog& appLog)
      : counters_(counters),
        control_(control),
        appLog_(appLog),
        dispatcher_(loop_, pool_, counters),
        egress_(loop_, settings.egress,
                {loop_.timer(), dispatcher_, counters, [this] { return router_; },
                 [&settings](uint16_t port) { return settings.egress.servedPorts->has(port); }}),
        pool_(loop_, settings.workers, settings.pool,
              {counters, egress_,
               [this](const AppVersion& version, std::vector<AppLogLine> lines) {
                 sendLog(version, std::move(lines));
               }}),
        testsScheduled_(settings.testScheduled == FrontEndSettings::TestScheduled::kServed),
        scheduledTests_(
            [this](const Route* route, ScheduledEvent event) {
              return runScheduled(route, std::move(event));
            },
            loop_.timer()),
        server_(loop_, *this, settings.http),
        tasks_(*this) {
    auto paf = kj::newPromiseAndFulfiller<void>();
    stopped_ = kj::mv(paf.promise);
    stop_ = kj::mv(paf.fulfiller);
  }

  void run() { loop_.run(KJ_ASSERT_NONNULL(kj::mv(stopped_))); }
  void stop() { stop_->fulfill(); }
  const kj::Executor& executor() { return loop_.executor(); }
  WorkerPool& pool() { return pool_; }
  HttpServer& server() { return server_; }

  void setRouter(std::shared_ptr<const RequestRouter> router) {
    router_ = std::move(router);
    pool_.retireAllBut([this](const AppVersion& version) { return router_->serves(version); });
  }

  kj::Promise<ScheduledResult> runScheduled(const std::string& tenant, const std::string& app,
                                            ScheduledEvent event) {
    return runScheduled(router_ ? router_->findApp(tenant, app) : nullptr, std::move(event));
  }

 private:
  void handle(HttpExchange& exchange) override {
    auto& head = exchange.head();
    const Route* route =
        router_ ? router_->find(head.authority, head.target, head.localPort) : nullptr;
    if (testsScheduled_ && ScheduledTests::isFor(head.target)) {
      scheduledTests_.handle(route, exchange);
    } else {
      dispatcher_.dispatch(route, exchange);
    }
  }

  void abandoned(HttpExchange& exchange) override {
    scheduledTests_.abandoned(exchange);
    LoadedApp::abandon(exchange);
  }

  kj::Promise<ScheduledResult> runScheduled(const Route* route, ScheduledEvent event) {
    auto owned = kj::heap<ScheduledExchange>(std::move(event));
    ScheduledExchange& exchange = *owned;
    auto result = ScheduledExchange::resultOf(kj::mv(owned));
    dispatcher_.dispatch(route, exchange);
    return result.then([this](ScheduledResult ended) {
      Counters::add(counters_.scheduled[static_cast<size_t>(ended.outcome)]);
      return ended;
    });
  }

  void sendLog(const AppVersion& version, std::vector<AppLogLine> lines) {
    scheduledTests_.logged(lines);
    if (logBatches_ >= kMaxLogBatches) return;
    logBatches_++;
    AppLog::AppName name{version.tenant, version.app};
    tasks_.add(
        control_
            .executeAsync([this, name = std::move(name), lines = std::move(lines)]() mutable {
              for (auto& line : lines)
                appLog_.append(name, std::move(line));
            })
            .then([this]() { logBatches_--; }));
  }

  void taskFailed(kj::Exception&& error) override {
    LOG(ERROR) << "front end: " << error.getDescription().cStr();
  }

  EventLoop loop_;
  Counters& counters_;
  const kj::Executor& control_;
  AppLog& appLog_;
  std::shared_ptr<const RequestRouter> router_;
  // They know each other: apps are asked through the pool, and fetch through the egress.
  PoolDispatcher dispatcher_;
  FrontEndEgress egress_;
  WorkerPool pool_;
  const bool testsScheduled_;
  ScheduledTests scheduledTests_;
  HttpServer server_;
  size_t logBatches_ = 0;
  kj::Maybe<kj::Promise<void>> stopped_;
  kj::Own<kj::PromiseFulfiller<void>> stop_;
  kj::TaskSet tasks_;
};

FrontEnd::FrontEnd(const FrontEndSettings& settings, const kj::Executor& control, AppLog& appLog) {
  std::promise<void> started;
  auto ready = started.get_future();
  thread_ = std::thread([this, &settings, &control, &appLog, &started] {
    KjLogBridge log;
    Loop loop(settings, counters_, control, appLog);
    loop_ = &loop;
    executor_ = &loop.executor();
    started.set_value();
    loop.run();
  });
  ready.get();
}

FrontEnd::~FrontEnd() noexcept(false) {
  executor_->executeSync([this] { loop_->stop(); });
  thread_.join();
}

kj::Promise<void> FrontEnd::firstWorker() {
  return executor_->executeAsync([this] { return loop_->pool().firstWorker(); });
}

kj::Promise<void> FrontEnd::listen(kj::AutoCloseFd socket, uint16_t port) {
  return executor_->executeAsync([this, socket = kj::mv(socket), port]() mutable {
    loop_->server().listen(kj::mv(socket), port);
  });
}

kj::Promise<void> FrontEnd::stopListening(uint16_t port) {
  return executor_->executeAsync([this, port] { loop_->server().stopListening(port); });
}

kj::Promise<void> FrontEnd::setRouter(std::shared_ptr<const RequestRouter> router) {
  return executor_->executeAsync(
      [this, router = std::move(router)]() mutable { loop_->setRouter(std::move(router)); });
}

kj::Promise<StartupResult> FrontEnd::tryStart(std::shared_ptr<const AppVersion> version) {
  return executor_->executeAsync([this, version = std::move(version)]() mutable {
    return loop_->pool().tryStart(std::move(version));
  });
}

kj::Promise<ScheduledResult> FrontEnd::runScheduled(std::string tenant, std::string app,
                                                    ScheduledEvent event) {
  return executor_->executeAsync(
      [this, tenant = std::move(tenant), app = std::move(app), event = std::move(event)]() mutable {
        return loop_->runScheduled(tenant, app, std::move(event));
      });
}

kj::Promise<std::vector<WorkerStatus>> FrontEnd::workerStatus() {
  return executor_->executeAsync([this] { return loop_->pool().status(); });
}

kj::Promise<void> FrontEnd::drain() {
  return executor_->executeAsync([this] { return loop_->server().drain(); });
}

}  // namespace nano
