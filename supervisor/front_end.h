#pragma once

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include <kj/async.h>

#include "supervisor/app_log.h"
#include "supervisor/counters.h"
#include "supervisor/egress/front_end_egress.h"
#include "supervisor/http_limits.h"
#include "supervisor/live_server.h"
#include "supervisor/request_router.h"
#include "supervisor/worker_pool.h"

namespace nano {

struct FrontEndSettings {
  const WorkerSettings& workers;
  const PoolSettings& pool;
  const HttpLimits& http;
  const EgressSetup& egress;
  // Whether clients may call scheduled() by the paths of supervisor/cron/test_scheduled.h.
  enum class TestScheduled : uint8_t { kNo, kServed } testScheduled = TestScheduled::kNo;
};

// One thread that takes requests: its own loop, listeners, connections and worker processes. It
// shares nothing with other front ends but the immutable routing table and its counters.
//
// Everything here is called from the control thread; the promises are that thread's.
class FrontEnd final {
 public:
  // Starts the thread, and its spare workers. `appLog` and `control`, the control thread's
  // executor, outlive it.
  FrontEnd(const FrontEndSettings& settings, const kj::Executor& control, AppLog& appLog);
  // Ends the thread, and with it its workers and connections. drain() first to be polite.
  ~FrontEnd() noexcept(false);
  KJ_DISALLOW_COPY(FrontEnd);

  // Ready once a first worker is in its sandbox; rejects when it does not get there.
  kj::Promise<void> firstWorker();
  // Accepts on this listening socket, until stopListening(port).
  kj::Promise<void> listen(kj::AutoCloseFd socket, uint16_t port);
  kj::Promise<void> stopListening(uint16_t port);
  // Done when requests are routed by this table.
  kj::Promise<void> setRouter(std::shared_ptr<const RequestRouter> router);
  kj::Promise<StartupResult> tryStart(std::shared_ptr<const AppVersion> version);
  kj::Promise<ScheduledResult> runScheduled(std::string tenant, std::string app,
                                            ScheduledEvent event);
  kj::Promise<std::vector<WorkerStatus>> workerStatus();
  // Accepts no more, and is done when every request is answered.
  kj::Promise<void> drain();

  const Counters& counters() const { return counters_; }

 private:
  class Loop;

  template <typename Function>
  auto onLoop(Function&& function);

  Counters counters_;
  // Set by the thread before the constructor returns, gone when it ends.
  Loop* loop_ = nullptr;
  const kj::Executor* executor_ = nullptr;
  std::thread thread_;
};

}  // namespace nano
