#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <kj/async.h>
#include <kj/timer.h>

#include "supervisor/http_limits.h"

namespace nano {

// What a connection may wait for. Each has one length, out of HttpLimits.
enum class HttpWait : uint8_t { kHead, kKeepAlive, kBody, kWrite, kPeer, kLinger };

class HttpDeadlines;

// One deadline of a connection: at most one wait at a time. Disarms itself when destroyed.
class HttpDeadline {
 public:
  HttpDeadline() = default;
  ~HttpDeadline() { disarm(); }
  HttpDeadline(const HttpDeadline&) = delete;
  HttpDeadline& operator=(const HttpDeadline&) = delete;

  class Listener {
   public:
    // The deadline is disarmed; its connection may be closed. Must not throw.
    virtual void expired(HttpDeadline& deadline, HttpWait wait) = 0;

   protected:
    ~Listener() = default;
  };

  bool armed() const { return next_ != nullptr; }
  bool armedFor(HttpWait wait) const { return armed() && wait_ == wait; }
  void disarm();

 private:
  friend class HttpDeadlines;

  // A ring; null while disarmed.
  HttpDeadline* next_ = nullptr;
  HttpDeadline* previous_ = nullptr;
  Listener* listener_ = nullptr;
  kj::TimePoint at_ = kj::origin<kj::TimePoint>();
  HttpWait wait_ = HttpWait::kHead;
};

// The deadlines of all connections of a server. Since every wait of one kind is equally long, each
// kind is a queue: arming and disarming are a few pointers, with no heap and no allocation, and one
// timer serves all. That matters because a keep-alive connection arms one with every request.
class HttpDeadlines final {
 public:
  HttpDeadlines(kj::Timer& timer, const HttpLimits& limits);
  ~HttpDeadlines() noexcept(false);
  HttpDeadlines(const HttpDeadlines&) = delete;
  HttpDeadlines& operator=(const HttpDeadlines&) = delete;

  // Arms, or arms anew. `listener` must live as long as the deadline is armed.
  void arm(HttpDeadline& deadline, HttpWait wait, HttpDeadline::Listener& listener);
  kj::TimePoint now() const { return timer_.now(); }

 private:
  static constexpr size_t kWaits = 6;

  kj::Duration lengthOf(HttpWait wait) const;
  kj::Promise<void> watch();
  void expireDue();
  bool soonest(kj::TimePoint& at) const;

  kj::Timer& timer_;
  const HttpLimits& limits_;
  // The heads of the rings; never armed themselves.
  std::array<HttpDeadline, kWaits> queues_;
  enum class Watch : uint8_t { kNone, kWaiting, kFiring } watch_ = Watch::kNone;
  kj::TimePoint watchedFor_ = kj::origin<kj::TimePoint>();
  kj::Promise<void> watching_ = nullptr;
};

}  // namespace nano
