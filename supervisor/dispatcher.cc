#include "supervisor/dispatcher.h"

#include <glog/logging.h>

#include "protocol/libevent.h"
#include "supervisor/admission.h"

namespace nano {

void PoolDispatcher::dispatch(const Route* route, HttpExchange& exchange) {
  Counters::add(counters_.requests);
  if (route == nullptr) return refuse(exchange, {rpc::Outcome::SCRIPT_NOT_FOUND});
  guard([this, route, &exchange] { admit(*route, exchange); },
        [this, &exchange](kj::Exception&& error) {
          LOG(ERROR) << "a request failed: " << error.getDescription().cStr();
          refuse(exchange, {rpc::Outcome::INTERNAL_ERROR});
        });
}

void PoolDispatcher::admit(const Route& route, HttpExchange& exchange) {
  auto now = monotonicNanos(loop_.timer());
  auto admission = Admission::ask(route.usage, *route.version, now);
  if (auto* refusal = std::get_if<Refusal>(&admission)) {
    pool_.logLine(*route.version, refusalLine(route.usage.get(), *refusal, now));
    refuse(exchange, *refusal);
    return;
  }
  pool_.fetch(route.version, exchange, std::move(std::get<Admission>(admission)));
}

void PoolDispatcher::refuse(HttpExchange& exchange, const Refusal& refusal) {
  countRefusal(counters_, refusal);
  auto id = pool_.requestIds().next();
  respondWithOutcome(exchange, refusal, asView(id));
}

}  // namespace nano
