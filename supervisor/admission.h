#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include <kj/timer.h>

#include "supervisor/app_version.h"
#include "supervisor/outcome_reply.h"
#include "supervisor/usage.h"

namespace nano {

// A request's place in the server, held until the request is over. Move-only.
//
// Who is refused: an app or a tenant past its own rate, a tenant past its own requests in flight,
// and, when the whole server has as many as it takes, a tenant past its share of them: so the one
// that brings the overload is the one that is shed, and the others do not see it.
class Admission final {
 public:
  // Of no request.
  Admission() = default;
  Admission(Admission&& other) noexcept : usage_(std::move(other.usage_)) {}
  Admission& operator=(Admission&& other) noexcept;
  ~Admission() { end(); }

  // `nowNanos`: of the monotonic clock.
  static std::variant<Admission, Refusal> ask(const std::shared_ptr<AppUsage>& usage,
                                              const AppVersion& version, int64_t nowNanos);

  // Null for no request.
  AppUsage* usage() const { return usage_.get(); }

 private:
  explicit Admission(std::shared_ptr<AppUsage> usage) : usage_(std::move(usage)) {}
  void end() noexcept;

  std::shared_ptr<AppUsage> usage_;
};

inline int64_t monotonicNanos(const kj::Timer& timer) {
  return (timer.now() - kj::origin<kj::TimePoint>()) / kj::NANOSECONDS;
}

// The line for the app's log, with how many refusals went without one; empty when there was one
// within the last second. `usage` may be null.
std::string refusalLine(AppUsage* usage, const Refusal& refusal, int64_t nowNanos);

}  // namespace nano
