#pragma once

#include <cstdint>
#include <string_view>

#include <kj/time.h>

namespace nano {

// The Date field's line, made once a second: formatting it costs more than the rest of a head.
class HttpDate final {
 public:
  // A coarse clock will do; its reading costs a few nanoseconds.
  explicit HttpDate(const kj::Clock& clock) : clock_(clock) {}

  // "Date: Sun, 22 Nov 2026 07:00:00 GMT\r\n". Valid until the next call.
  std::string_view line();

 private:
  const kj::Clock& clock_;
  int64_t second_ = -1;
  char line_[38]{};
};

}  // namespace nano
