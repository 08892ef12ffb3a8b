#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "protocol/app_limits.h"
#include "protocol/outcome.capnp.h"
#include "protocol/worker.capnp.h"
#include "worker/message_parts.h"

namespace nano {

// How one call ended, before it becomes part of a message.
struct Answer {
  uint32_t callId = 0;
  rpc::Outcome outcome = rpc::Outcome::INTERNAL_ERROR;
  std::chrono::nanoseconds cpu{0};
  // Of the one request that ran into a limit; the others of its isolate have none.
  LimitBreach breach;
  // The batch that brought the call has returned already.
  bool late = false;

  // Only with Outcome::OK.
  uint16_t status = 0;
  std::string statusText;
  // name \0 value \0 name \0 value \0 ..., as Host::ResponseHead has them.
  std::string headers;
  BodyContent body;

  // Once: a stream is given away.
  void write(rpc::FetchAnswer::Builder message);
  // About how much of a message it takes.
  size_t messageBytes() const;
};

}  // namespace nano
