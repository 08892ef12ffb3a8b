#include "supervisor/outcome_reply.h"

#include "protocol/outcome.h"

namespace nano {

OutcomeReply replyTo(rpc::Outcome outcome) {
  using Retry = OutcomeReply::Retry;
  switch (outcome) {
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
      return {503, "Too many requests are waiting for this app.", Retry::kSoon};
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

std::string outcomeBody(rpc::Outcome outcome, std::string_view requestId) {
  std::string body(replyTo(outcome).sentence);
  body.append("\noutcome: ").append(outcomeName(outcome));
  body.append("\nrequest: ").append(requestId).append("\n");
  return body;
}

void respondWithOutcome(HttpExchange& exchange, rpc::Outcome outcome, std::string_view requestId) {
  auto reply = replyTo(outcome);
  std::string body = outcomeBody(outcome, requestId);
  HttpField fields[] = {{"content-type", "text/plain;charset=UTF-8"},
                        {"cache-control", "no-store"},
                        {"retry-after", "1"}};
  size_t count = reply.retry == OutcomeReply::Retry::kSoon ? 3 : 2;
  exchange.respond({reply.status, {}, {fields, count}},
                   {reinterpret_cast<const std::byte*>(body.data()), body.size()});
}

}  // namespace nano
