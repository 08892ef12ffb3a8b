#pragma once

#include <string>

#include "protocol/event_loop.h"
#include "worker/context_factory.h"
#include "worker/resource_limiter.h"

namespace nano {

// What an evaluation runs in, and where it prints to.
struct EvaluationParts {
  EventLoop& loop;
  const ContextFactory& contexts;
  ResourceLimiter& limiter;
  FILE* out;
  FILE* errors;
};

// Evaluates a script in a fresh isolate and prints what it comes to as console.log would, a string
// as it is; of a promise, what it resolves to. Timers run until none is left. Returns the exit
// code: 1 when the script does not parse, throws or rejects, with the error and its stack on
// `errors`.
int evaluate(const EvaluationParts& parts, const std::string& script);

}  // namespace nano
