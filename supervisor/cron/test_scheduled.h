#pragma once

#include <functional>
#include <map>
#include <string_view>

#include <kj/async.h>

#include "supervisor/cron/scheduled_event.h"
#include "supervisor/http_exchange.h"
#include "supervisor/request_router.h"

namespace nano {

// For developers: scheduled() called by a request, as wrangler has it under --test-scheduled.
//
//   /__scheduled?cron=*+*+*+*+*             "Ran scheduled event", or 500 and how it ended
//   /cdn-cgi/handler/scheduled?cron=&time=  how it ended; with format=json as {"outcome"}
class ScheduledTests final : private kj::TaskSet::ErrorHandler {
 public:
  using Run = std::function<kj::Promise<ScheduledResult>(const Route* route, ScheduledEvent event)>;
  explicit ScheduledTests(Run run) : run_(std::move(run)), over_(*this) {}
  KJ_DISALLOW_COPY(ScheduledTests);

  static bool isFor(std::string_view target);

  // Takes the exchange over until it is answered or abandoned.
  void handle(const Route* route, HttpExchange& exchange);
  // Nothing happens when it is not one of these.
  void abandoned(HttpExchange& exchange) { running_.erase(&exchange); }

 private:
  void answer(HttpExchange& exchange, ScheduledResult result);
  void taskFailed(kj::Exception&& exception) override;

  Run run_;
  std::map<HttpExchange*, kj::Promise<void>> running_;
  kj::TaskSet over_;  // Dropped when their own stack is empty.
};

}  // namespace nano
