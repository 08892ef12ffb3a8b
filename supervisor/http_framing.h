#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "supervisor/http_exchange.h"

namespace nano {

enum class HttpVersion : uint8_t { k10, k11 };

// How a request says where it ends, and what it wants of the connection.
struct RequestFraming {
  HttpVersion version = HttpVersion::k11;
  enum class Body : uint8_t { kNone, kLength, kChunked } body = Body::kNone;
  uint64_t length = 0;
  enum class Connection : uint8_t { kKeepAlive, kClose } connection = Connection::kKeepAlive;
  enum class Expect : uint8_t { kNothing, kContinue } expect = Expect::kNothing;
  uint8_t hops = 0;  // What CDN-Loop says (loop_field.h), a field that the app gets as well.
};

struct FramingResult {
  RequestFraming framing;
  // Where Host stands in the fields that are left.
  std::optional<size_t> host;
  // 0, or the status to refuse the request with.
  uint16_t refusal = 0;
};

// Reads the framing fields and removes from `fields` what is only for this hop. The list is fixed:
// a client cannot nominate other fields by Connection (hostile case H32). Names are lower case, and
// values still stand in the head they came in: `Content-Length: 5 ` is told from `Content-Length:
// 5` by the bytes around the value.
FramingResult takeFraming(std::vector<HttpField>& fields, HttpVersion version);

}  // namespace nano
