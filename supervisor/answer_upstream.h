#pragma once

#include "protocol/http.capnp.h"

namespace nano {

// What comes with the answer to a call (FetchCall.method) that goes on in both directions: takes
// what the caller says from then on.
struct AnswerUpstream {
  rpc::Upstream::Client client;
};

}  // namespace nano
