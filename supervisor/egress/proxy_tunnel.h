#pragma once

#include <string>

#include <kj/async.h>

#include "supervisor/egress/ready_socket.h"

namespace nano {

// Asks the HTTP proxy at the other end of `socket` for a tunnel to `target`, "example.com:5432"
// (RFC 9110 9.3.6). Nothing: from here on the socket is the target's, and not a byte of what the
// target sent has been taken. A string says why there is none. `socket` outlives the promise.
kj::Promise<kj::Maybe<std::string>> openTunnel(ReadySocket& socket, const std::string& target);

}  // namespace nano
