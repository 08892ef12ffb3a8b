#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/app_limits.h"
#include "protocol/outcome.capnp.h"
#include "supervisor/counters.h"
#include "supervisor/http_exchange.h"

namespace nano {

// Whose limit it was.
enum class LimitScope : uint8_t { kApp, kTenant, kServer };

// Why a request did not end in a response of the app's own.
struct Refusal {
  rpc::Outcome outcome = rpc::Outcome::INTERNAL_ERROR;
  LimitBreach breach{};
  LimitScope scope = LimitScope::kApp;
  // What the app's log says where no limit of an app or tenant was broken; a literal.
  std::string_view reason{};
  // When a client may try again; 0: as the outcome says.
  uint32_t retryAfterSeconds = 0;
  // With `scriptNotFound`: the app is there, and not the entrypoint that was asked for.
  bool lacksEntrypoint = false;
};

// What a client is told then.
struct OutcomeReply {
  uint16_t status;
  // One plain sentence. Never anything that came from the worker: no path, no stack, no app's data.
  std::string_view sentence;
  // The client may try again soon: sent with Retry-After.
  enum class Retry : uint8_t { kNo, kSoon } retry = Retry::kNo;
};

// The one table from outcome to HTTP status. An enumerant this build does not know is
// internalError. A rate that was exceeded is 429, whatever the outcome.
OutcomeReply replyTo(const Refusal& refusal);

// "limits.cpu_ms: 1000 ms allowed, 1003 ms used", with "of the tenant" or "of the server" where it
// is theirs. Empty where no limit was broken.
std::string limitText(const Refusal& refusal);

// The body of such an answer: the sentence, the outcome's name, the limit and the request's id.
std::string outcomeBody(const Refusal& refusal, std::string_view requestId);

void countRefusal(Counters& counters, const Refusal& refusal);

// Answers the exchange with it.
void respondWithOutcome(HttpExchange& exchange, const Refusal& refusal, std::string_view requestId);

}  // namespace nano
