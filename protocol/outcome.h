#pragma once

#include <string_view>

#include "protocol/outcome.capnp.h"

namespace nano {

// The enumerant's name in protocol/outcome.capnp, for logs, metrics and error pages. A number that
// this build does not know, as a newer or hostile peer may send, is "unknown".
std::string_view outcomeName(rpc::Outcome outcome);

}  // namespace nano
