#pragma once

#include <variant>

#include "protocol/egress.capnp.h"
#include "supervisor/egress/outbound.h"

namespace nano {

// A fetch as a worker asks for it, copied and checked: a worker may ask for anything. An error is
// for the app that asked. Fields that are the connection's, `host` and `content-length` are left
// out.
std::variant<OutboundRequest, EgressError> readOutbound(rpc::OutboundFetch::Reader fetch);

// About how many bytes the outcome takes in a message.
size_t messageBytes(const FetchOutcome& outcome);
void write(FetchOutcome outcome, rpc::FetchResult::Builder message);
void write(const EgressError& error, rpc::EgressFailure::Builder message);

}  // namespace nano
