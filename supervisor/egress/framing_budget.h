#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include <kj/time.h>

#include "protocol/limits.h"

namespace nano {

// How much an upstream may send that is no part of a body: heads, chunk lines and their extensions,
// HTTP/2's other frames, TLS's records. Curl takes all of it without a word and without an end,
// also while nobody reads the body.
class FramingBudget final {
 public:
  // Curl takes 300 KB of heads.
  static constexpr int64_t kFree = 512 * kKiB;
  // With HTTP/2 also what was under way of an answer that was given up: the 32 MiB of curl's
  // window.
  static constexpr int64_t kFreeOfHttp2 = 64 * kKiB * kKiB;
  // A body that comes byte by byte, each in a chunk, a frame and a TLS record of its own, needs
  // some 40.
  static constexpr int64_t kPerBodyByte = 64;
  // For what keeps a connection alive while there is nothing to say.
  static constexpr int64_t kPerSecond = 1 * kKiB;

  // `read` and `body`: how much of the connection was read and how much of that was body, since it
  // was opened. False: it is too much.
  bool spend(int64_t read, int64_t body, kj::TimePoint now) {
    if (last_) {
      const int64_t seconds = (now - last_->at) / kj::SECONDS;
      const int64_t earned = (body - last_->body) * kPerBodyByte + seconds * kPerSecond;
      const int64_t framing = read - last_->read - (body - last_->body);
      spent_ = std::max<int64_t>(0, spent_ + framing - earned);
      // Parts of a second count the next time.
      now = last_->at + seconds * kj::SECONDS;
    }
    last_ = Look{read, body, now};
    return spent_ <= free_;
  }
  // The next look begins anew, at another connection perhaps.
  void begin() { last_.reset(); }
  void setFree(int64_t free) { free_ = free; }

 private:
  struct Look {
    int64_t read;
    int64_t body;
    kj::TimePoint at;
  };
  int64_t free_ = kFree;
  int64_t spent_ = 0;
  std::optional<Look> last_;
};

// How many bytes of a TCP connection this process has read; nothing where the system does not say.
std::optional<int64_t> bytesReadFrom(int socket);

}  // namespace nano
