#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/outcome.capnp.h"
#include "supervisor/http_exchange.h"

namespace nano {

// What a client is told when its request did not end in a response of the app's own.
struct OutcomeReply {
  uint16_t status;
  // One plain sentence. Never anything that came from the worker: no path, no stack, no app's data.
  std::string_view sentence;
  // The client may try again soon: sent with Retry-After.
  enum class Retry : uint8_t { kNo, kSoon } retry = Retry::kNo;
};

// The one table from outcome to HTTP status. An enumerant this build does not know is
// internalError.
OutcomeReply replyTo(rpc::Outcome outcome);

// The body of such an answer: the sentence, the outcome's name and the request's id.
std::string outcomeBody(rpc::Outcome outcome, std::string_view requestId);

// Answers the exchange with it.
void respondWithOutcome(HttpExchange& exchange, rpc::Outcome outcome, std::string_view requestId);

}  // namespace nano
