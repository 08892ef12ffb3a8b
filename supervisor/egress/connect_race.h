#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include <kj/async.h>
#include <kj/io.h>
#include <kj/timer.h>

#include "protocol/libevent.h"
#include "supervisor/egress/ip_address.h"

namespace nano {

// A connected, non-blocking socket, and whom it is connected to.
struct Connected {
  kj::AutoCloseFd socket;
  IpAddress address;
};
// errno of the last attempt.
struct NotConnected {
  int error = 0;
};

// Connects to the first of `addresses` that answers: tried in their order, the next one when an
// attempt fails or has taken 250 ms (RFC 8305 5), each exactly once. The others are closed. Has no
// deadline of its own: the kernel's are minutes. `base` and `timer` outlive the promise; dropping
// it closes everything.
kj::Promise<std::variant<Connected, NotConnected>> connectToFirst(event_base& base,
                                                                  kj::Timer& timer,
                                                                  std::vector<IpAddress> addresses,
                                                                  uint16_t port);

}  // namespace nano
