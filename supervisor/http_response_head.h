#pragma once

#include <cstdint>
#include <string_view>

#include "supervisor/http_exchange.h"
#include "supervisor/http_limits.h"
#include "supervisor/http_output.h"

namespace nano {

// How the client learns where an answer ends, and whether another may follow.
struct ResponseFraming {
  // kNone: no framing field at all (204, 304). kUntilClose: for HTTP/1.0 clients.
  enum class Body : uint8_t { kNone, kLength, kChunked, kUntilClose } body = Body::kLength;
  uint64_t length = 0;
  // kUnsaid: the version's default. kKeepAlive: an HTTP/1.0 client asked for it.
  enum class Connection : uint8_t { kUnsaid, kKeepAlive, kClose } connection = Connection::kUnsaid;
};

// "Not Found"; "Unknown" where RFC 9110 and the registry have none.
std::string_view standardPhrase(uint16_t status);

// Whether a field says where an answer ends, or is about one connection: never an app's to say.
bool isFramingField(std::string_view name);

// Whether this may be sent at all: a final status, field names that are tokens, values without
// control bytes, within the limits. The answer comes from a worker that may be hostile (security
// 1), so nothing of it is repaired: an answer that fails is replaced as a whole.
bool isSendable(const ResponseHead& head, const HttpLimits& limits);

// Appends status line and fields. `head` is sendable. Framing fields of its own are left out;
// `date` is the Date line, used where the head has no date.
void writeResponseHead(HttpOutput& output, const ResponseHead& head, const ResponseFraming& framing,
                       std::string_view date);

}  // namespace nano
