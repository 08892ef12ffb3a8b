#pragma once

#include <cstdint>

#include "protocol/event_loop.h"

namespace nano::bench {

// Requests of one kind to one server, so many at a time on connections that stay open.
struct Load {
  uint16_t port = 0;
  unsigned connections = 64;
  uint64_t requests = 100'000;
};

// A client as small as it can be: bufferevents and llhttp, no checks and no limits. The floor.
void runOwnClient(EventLoop& loop, const Load& load);
// libcurl's multi interface used plainly.
void runCurlClient(EventLoop& loop, const Load& load);
// What nanod uses: libcurl below NetworkFetcher, with policy, limits, deadlines and copies.
void runFetcher(EventLoop& loop, const Load& load);

// Pulls a body of 1 GB through NetworkFetcher and returns its size.
uint64_t streamThroughFetcher(EventLoop& loop, uint16_t port);

}  // namespace nano::bench
