#pragma once

#include <cstdint>
#include <vector>

#include <kj/async.h>
#include <kj/time.h>

#include "supervisor/admission.h"
#include "supervisor/exchange_body.h"
#include "supervisor/http_exchange.h"
#include "supervisor/request_id.h"

namespace nano {

class LoadedApp;

// One request that a LoadedApp has taken over. Its id is its place in the app's table.
struct AppCall {
  LoadedApp* owner = nullptr;
  uint32_t id = 0;
  bool active = false;
  bool queued = false;               // Waits for a place in the app.
  bool sent = false;                 // To the worker.
  bool answered = false;             // By the worker; only its body may still come.
  bool retried = false;              // Its first worker died.
  HttpExchange* exchange = nullptr;  // Null: nobody waits any more.
  RequestIds::Text requestId{};
  Admission admission;
  ExchangeBody::Link body;
  kj::Maybe<kj::Promise<void>> pump;

  // Among the calls somebody waits for: DeadlineList's.
  bool waiting = false;
  kj::TimePoint deadline = kj::origin<kj::TimePoint>();
  AppCall* older = nullptr;
  AppCall* newer = nullptr;
};

// A request whose worker died before anything of an answer was sent: another may take it.
struct OrphanedCall {
  HttpExchange* exchange;
  RequestIds::Text requestId;
  Admission admission;
};

// Calls in the order of their deadlines: with one limit for all that is the order they came in.
class DeadlineList final {
 public:
  void add(AppCall& call, kj::TimePoint deadline);
  // Nothing happens when it is not in the list.
  void remove(AppCall& call);
  AppCall* oldest() const { return oldest_; }

 private:
  AppCall* oldest_ = nullptr;
  AppCall* newest_ = nullptr;
};

}  // namespace nano
