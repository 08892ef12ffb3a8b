#pragma once

#include <cstdint>
#include <string>

#include "protocol/outcome.capnp.h"

namespace nano {

// What a scheduled() handler is called for.
struct ScheduledEvent {
  std::string cron;        // As the app wrote it.
  int64_t unixMillis = 0;  // When it was due.
};

// How that ended. `ok`: the handler is done, and so is what it gave to waitUntil().
struct ScheduledResult {
  rpc::Outcome outcome = rpc::Outcome::INTERNAL_ERROR;
  std::string refusal{};  // What a client would have been told of it; empty with `ok`.
};

}  // namespace nano
