#pragma once

#include <cstddef>
#include <cstdint>

#include <kj/time.h>

#include "protocol/limits.h"

namespace nano {

// What one listener grants its clients. The defaults are for strangers, out of security 3.1; the
// admin socket, whose clients are the operator's own, raises bodyBytes.
struct HttpLimits {
  // The request's line and fields: 414 for the target, 431 for the rest.
  size_t targetBytes = kMaxUrlBytes;
  size_t headerBytes = kMaxRequestHeaderBytes;
  size_t headerLineBytes = kMaxHeaderLineBytes;
  size_t headerCount = kMaxRequestHeaders;

  // 413 where the length is declared; otherwise reading the body fails.
  uint64_t bodyBytes = kMaxRequestBodyBytes;
  // A body with a length up to this is collected before the handler is called.
  size_t inlineBodyBytes = kMaxInlineBodyBytes;
  // An answered request's body is read and forgotten up to this size (hostile case H17); beyond it
  // the connection closes.
  size_t drainBytes = size_t{64} * 1024;

  // Answers. What a worker may send, and room for the fields the supervisor itself adds.
  size_t responseHeaderBytes = kMaxResponseHeaderBytes + 2048;
  size_t responseHeaderCount = kMaxResponseHeaders + 16;
  // A write is ready while less than this waits for the socket. Twice the 32 KiB of security 3.1:
  // one inline body fits.
  size_t writeBufferBytes = size_t{64} * 1024;

  // From the connection's or the request's first byte to the end of the head.
  kj::Duration headTimeout = 10 * kj::SECONDS;
  // Without a byte of a body that somebody waits for.
  kj::Duration bodyIdleTimeout = 30 * kj::SECONDS;
  // Between two requests.
  kj::Duration keepAliveTimeout = 60 * kj::SECONDS;
  // A client must take bytesPerSecond of what is queued for it, measured over this time.
  kj::Duration writeTimeout = 30 * kj::SECONDS;
  // Both ways, once a transfer has lasted rateGrace (mod_reqtimeout's numbers).
  uint64_t bytesPerSecond = 500;
  kj::Duration rateGrace = 10 * kj::SECONDS;
  // A client that has ended its side still gets its answer, but a dead one looks the same until
  // something is sent: after this long with nothing sent it counts as gone. Ours: longer than most
  // handlers take, short enough that nobody works long for the dead.
  kj::Duration halfCloseTimeout = 5 * kj::SECONDS;
  // A closing connection waits this long for the client to have read the last answer (as nginx).
  kj::Duration lingerTimeout = 5 * kj::SECONDS;

  uint32_t requestsPerConnection = 1000;
  size_t connections = 10'000;
  // Per IPv4 address or IPv6 /64.
  size_t connectionsPerAddress = 200;
  // Loopback is a proxy or a load test more often than an attacker.
  enum class Loopback : uint8_t { kExempt, kCounted } loopback = Loopback::kExempt;
};

}  // namespace nano
