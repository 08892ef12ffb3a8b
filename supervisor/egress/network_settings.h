#pragma once

#include <cstddef>
#include <memory>

#include <kj/time.h>

#include "supervisor/egress/trusted_roots.h"

namespace nano {

// How long and how much, for each fetch and each app's pool of connections; the numbers are those
// of the way in (security 3.1) where it has one. There is no limit on a fetch as a whole.
struct NetworkSettings {
  // Until there is a connection to one of the addresses, with its TLS.
  kj::Duration connectTimeout = 10 * kj::SECONDS;
  // From the request's last byte to the end of the response's head.
  kj::Duration headTimeout = 60 * kj::SECONDS;
  // Without a byte, in either direction, that the upstream owes us.
  kj::Duration idleTimeout = 30 * kj::SECONDS;
  // A connection nobody uses is kept so long, and so many of an app.
  kj::Duration poolTimeout = 60 * kj::SECONDS;
  size_t idleConnections = 32;

  enum class Http2 { kOffered, kNever };
  Http2 http2 = Http2::kOffered;

  // For https; without, every certificate is refused.
  std::shared_ptr<const TrustedRoots> roots;
};

}  // namespace nano
