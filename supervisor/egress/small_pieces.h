#pragma once

#include <algorithm>
#include <cstddef>

#include <kj/time.h>

namespace nano {

// How many small pieces of bodies an app's fetches may be given. Each costs the front end a piece's
// price however few bytes it has: an upstream whose chunks have one byte each could keep it busy
// for seconds, on behalf of one app and at the cost of all. Past it the fetch waits, which reaches
// the upstream as back-pressure; nothing is lost.
class SmallPieces final {
 public:
  static constexpr size_t kSmall = 64;
  // Ours: some 2 % of a core, and more than a program that reads events or tokens is sent.
  static constexpr double kPerSecond = 50'000;
  static constexpr double kAtOnce = 10'000;
  // What curl still unpacks of its buffer of 16 KiB when it is told to wait: chunks of six bytes.
  static constexpr double kInCurl = 2'700;

  // Whether a piece of that size may come. False: curl is told to wait, and it is counted.
  bool take(size_t bytes, kj::TimePoint now) {
    if (bytes >= kSmall) return true;
    if (!hasSome(now)) {
      left_ -= kInCurl;
      return false;
    }
    left_ -= 1;
    return true;
  }
  bool hasSome(kj::TimePoint now) {
    const double seconds = static_cast<double>((now - filledAt_) / kj::NANOSECONDS) / 1e9;
    left_ = std::min(left_ + seconds * kPerSecond, kAtOnce);
    filledAt_ = now;
    return left_ >= 1;
  }

 private:
  double left_ = kAtOnce;
  kj::TimePoint filledAt_ = kj::origin<kj::TimePoint>();
};

}  // namespace nano
