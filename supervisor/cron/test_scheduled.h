#pragma once

#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <kj/async.h>
#include <kj/timer.h>

#include "supervisor/app_log.h"
#include "supervisor/cron/scheduled_event.h"
#include "supervisor/http_exchange.h"
#include "supervisor/request_router.h"

namespace nano {

// For developers: scheduled() called by a request, as wrangler has it under --test-scheduled.
//
//   /__scheduled?cron=*+*+*+*+*             "Ran scheduled event"
//   /cdn-cgi/handler/scheduled?cron=&time=  how it ended; with format=json as {"outcome"}
//
// A failure is 500, with what the app's log has of it: whoever asks here is the app's developer.
class ScheduledTests final : private kj::TaskSet::ErrorHandler {
 public:
  using Run = std::function<kj::Promise<ScheduledResult>(const Route* route, ScheduledEvent event)>;
  // `timer` outlives it.
  ScheduledTests(Run run, kj::Timer& timer) : run_(std::move(run)), timer_(timer), over_(*this) {}
  KJ_DISALLOW_COPY(ScheduledTests);

  static bool isFor(std::string_view target);

  // Takes the exchange over until it is answered or abandoned.
  void handle(const Route* route, HttpExchange& exchange);
  // Lines of any app, on their way to its log.
  void logged(std::span<const AppLogLine> lines);
  // Nothing happens when it is not one of these.
  void abandoned(HttpExchange& exchange) { running_.erase(&exchange); }

 private:
  // What the log has of it, which comes just behind the answer.
  kj::Promise<std::string> errorOf(const ScheduledResult& result);
  // Of a failure that something was still waited for.
  std::string earlierOf(const std::string& requestId) const;
  void answer(HttpExchange& exchange, const ScheduledResult& result, const std::string& error);
  void taskFailed(kj::Exception&& exception) override;

  Run run_;
  kj::Timer& timer_;
  // By request id.
  std::map<std::string, kj::Own<kj::PromiseFulfiller<std::string>>, std::less<>> waiting_;
  std::deque<AppLogLine> earlier_;  // Errors of any app, the latest first.
  std::map<HttpExchange*, kj::Promise<void>> running_;
  kj::TaskSet over_;  // Dropped when their own stack is empty.
};

}  // namespace nano
