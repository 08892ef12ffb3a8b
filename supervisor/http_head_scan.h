#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "supervisor/http_limits.h"

namespace nano {

// Finds the end of a request's head and checks every byte before it against RFC 9112's grammar, so
// that nothing two readers could read differently gets any further: bare LF, bare CR, line folding,
// space before a colon, control bytes, a second space in the request's line. Sizes are checked as
// the bytes come: a head is refused at the byte that is one too many.
class HttpHeadScan final {
 public:
  explicit HttpHeadScan(const HttpLimits& limits) : limits_(limits) {}

  enum class Progress : uint8_t { kMore, kWhole, kRefused };

  // `bytes` is all of the request received so far: it may only grow between calls. Goes on where
  // the last call stopped.
  Progress scan(std::string_view bytes);

  // kWhole: where the request's line begins (one blank line may precede it, RFC 9112 2.2), and how
  // long the head is with all that precedes and ends it.
  size_t lineStart() const { return requestStart_; }
  size_t headBytes() const { return nextLine_; }
  size_t fieldCount() const { return fieldCount_; }
  // kRefused: the status to refuse it with.
  uint16_t refusal() const { return refusal_; }

  void reset();

 private:
  Progress refuse(uint16_t status);
  Progress judgePart(std::string_view line);
  uint16_t judgeRequestLine(std::string_view line) const;
  uint16_t judgeField(std::string_view line);

  const HttpLimits& limits_;
  size_t requestStart_ = 0;
  size_t nextLine_ = 0;
  size_t searched_ = 0;
  size_t fieldBytes_ = 0;
  size_t fieldCount_ = 0;
  uint16_t refusal_ = 0;
  bool haveRequestLine_ = false;
};

}  // namespace nano
