#include "supervisor/outcome_reply.h"

#include <algorithm>

#include "protocol/outcome.h"

namespace nano {

OutcomeReply replyTo(const Refusal& refusal) {
  using Retry = OutcomeReply::Retry;
  if (refusal.breach.limit == rpc::Limit::REQUEST_RATE) {
    return {429, "There are more requests a second than this app may get.", Retry::kSoon};
  }
  switch (refusal.outcome) {
    case rpc::Outcome::EXCEPTION:
      return {500, "The app failed to answer this request."};
    case rpc::Outcome::EXCEEDED_CPU:
      return {503, "The app used more CPU time than its limit allows."};
    case rpc::Outcome::EXCEEDED_MEMORY:
      return {503, "The app used more memory than its limit allows."};
    case rpc::Outcome::EXCEEDED_WALL_TIME:
      return {504, "The app did not answer in time."};
    case rpc::Outcome::CANCELED:
      return {503, "The request was cancelled.", Retry::kSoon};
    case rpc::Outcome::RESPONSE_STREAM_DISCONNECTED:
      return {502, "The app's response broke off."};
    case rpc::Outcome::LOAD_SHED:
      if (!refusal.breach) return {503, "The app has no process to run in just now.", Retry::kSoon};
      return {503, "Too many requests are waiting for this app.", Retry::kSoon};
    case rpc::Outcome::QUARANTINED:
      return {503, "The app ends its process again and again, so it rests.", Retry::kSoon};
    case rpc::Outcome::SCRIPT_NOT_FOUND:
      return {404, "No app is deployed here."};
    case rpc::Outcome::STARTUP_FAILED:
      return {503, "The app could not be started."};
    case rpc::Outcome::WORKER_DIED:
      return {502, "The process that ran the app ended before it answered.", Retry::kSoon};
    case rpc::Outcome::OK:
    case rpc::Outcome::UNKNOWN:
    case rpc::Outcome::INTERNAL_ERROR:
      break;
  }
  return {500, "The request could not be answered."};
}

std::string limitText(const Refusal& refusal) {
  std::string text = describeBreach(refusal.breach);
  if (text.empty()) return text;
  if (refusal.scope == LimitScope::kTenant) return "of the tenant, " + text;
  if (refusal.scope == LimitScope::kServer) return "of the server, " + text;
  return text;
}

std::string outcomeBody(const Refusal& refusal, std::string_view requestId) {
  std::string body(replyTo(refusal).sentence);
  body.append("\noutcome: ").append(outcomeName(refusal.outcome));
  if (refusal.breach) body.append("\nlimit: ").append(limitText(refusal));
  body.append("\nrequest: ").append(requestId).append("\n");
  return body;
}

void countRefusal(Counters& counters, const Refusal& refusal) {
  Counters::add(counters.failed);
  Counters::add(counters.failedBy[static_cast<size_t>(refusal.outcome)]);
  if (refusal.breach) Counters::add(counters.breaches[static_cast<size_t>(refusal.breach.limit)]);
  if (refusal.outcome == rpc::Outcome::LOAD_SHED) Counters::add(counters.shed);
}

void respondWithOutcome(HttpExchange& exchange, const Refusal& refusal,
                        std::string_view requestId) {
  auto reply = replyTo(refusal);
  std::string body = outcomeBody(refusal, requestId);
  std::string retryAfter = std::to_string(std::max(refusal.retryAfterSeconds, 1U));
  HttpField fields[] = {{"content-type", "text/plain;charset=UTF-8"},
                        {"cache-control", "no-store"},
                        {"retry-after", retryAfter}};
  size_t count = reply.retry == OutcomeReply::Retry::kSoon ? 3 : 2;
  exchange.respond({reply.status, {}, {fields, count}, &refusal},
                   {reinterpret_cast<const std::byte*>(body.data()), body.size()});
}

}  // namespace nano
