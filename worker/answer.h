#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "protocol/app_limits.h"
#include "protocol/http.capnp.h"
#include "protocol/outcome.capnp.h"
#include "protocol/worker.capnp.h"

namespace nano {

// How one call ended, before it becomes part of a message: a list in a message must be made in its
// final size, and answers come one by one.
struct Answer {
  struct Stream {
    rpc::ByteSource::Client source;
    int64_t length;
  };

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
  std::variant<std::monostate, std::string, Stream> body;

  // Once: a stream is given away.
  void write(rpc::FetchAnswer::Builder message);
  // About how much of a message it takes.
  size_t messageBytes() const;
};

// How many fields a flat list of headers has; nothing when it is malformed.
size_t countFlatHeaders(std::string_view headers);

}  // namespace nano
