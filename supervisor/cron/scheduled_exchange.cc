#include "supervisor/cron/scheduled_exchange.h"

#include <utility>

#include "supervisor/loaded_app.h"
#include "supervisor/outcome_reply.h"

namespace nano {

ScheduledExchange::ScheduledExchange(ScheduledEvent event) : event_(std::move(event)) {
  // Of no method that may be sent again: an event is begun at most once.
  head_.method = "SCHEDULED";
  head_.scheduled = &event_;
}

ScheduledExchange::~ScheduledExchange() noexcept(false) {
  if (handlerState != nullptr) LoadedApp::abandon(*this);
}

kj::Promise<ScheduledResult> ScheduledExchange::resultOf(kj::Own<ScheduledExchange> exchange) {
  auto result = kj::newPromiseAndFulfiller<ScheduledResult>();
  exchange->result_ = kj::mv(result.fulfiller);
  return result.promise.attach(kj::mv(exchange));
}

kj::Promise<kj::Array<kj::byte>> ScheduledExchange::readBody(size_t) {
  return kj::Array<kj::byte>();
}

void ScheduledExchange::respond(const ResponseHead& head, std::span<const std::byte> body) {
  if (head.refusal == nullptr) return finish(rpc::Outcome::OK);
  finish(head.refusal->outcome, {reinterpret_cast<const char*>(body.data()), body.size()});
}

void ScheduledExchange::start(const ResponseHead&, std::optional<uint64_t>) {
  finish(rpc::Outcome::INTERNAL_ERROR);
}

kj::Promise<void> ScheduledExchange::write(std::span<const std::byte>) { return kj::NEVER_DONE; }

void ScheduledExchange::abort() { finish(rpc::Outcome::INTERNAL_ERROR); }

void ScheduledExchange::finish(rpc::Outcome outcome, std::string refusal) {
  result_->fulfill(ScheduledResult{outcome, std::move(refusal)});
}

}  // namespace nano
