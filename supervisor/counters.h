#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "protocol/app_limits.h"
#include "protocol/egress.capnp.h"
#include "protocol/outcome.capnp.h"
#include "sandbox/child.h"

namespace nano {

// What fetches did on the network.
struct NetworkCounters {
  std::atomic<uint64_t> connections{0};   // Sockets opened, whether or not anybody answered.
  std::atomic<uint64_t> brokenBodies{0};  // Responses that broke off after their head.
  std::atomic<uint64_t> piecePauses{0};   // Pauses of a body that came in too small pieces.
};

// What one front end has seen. Written by its thread alone, read by any: relaxed atomics, no lock.
// supervisor/metrics.cc shows them; each here has a line there.
struct Counters {
  using Counter = std::atomic<uint64_t>;

  // One counter for each value of an enumeration. A number past the last one, which a peer may have
  // sent, counts as the first.
  template <size_t count>
  class List final {
   public:
    static constexpr size_t kCount = count;
    Counter& operator[](size_t index) { return counters_[index < count ? index : 0]; }
    const Counter& operator[](size_t index) const { return counters_[index < count ? index : 0]; }

   private:
    std::array<Counter, count> counters_{};
  };

  static constexpr size_t kOutcomes = static_cast<size_t>(rpc::Outcome::QUARANTINED) + 1;
  static constexpr size_t kEgressKinds =
      static_cast<size_t>(rpc::EgressFailure::Kind::INTERNAL) + 1;
  static constexpr size_t kEndClasses = static_cast<size_t>(EndClass::kOtherSignal) + 1;

  Counter requests{0};
  Counter internalRequests{0};  // Of those, what an app asked of an app.
  Counter answeredByApp{0};
  Counter failed{0};
  List<kOutcomes> failedBy;          // By rpc::Outcome; together `failed`.
  List<kOutcomes> scheduled;         // Calls of scheduled(), by rpc::Outcome.
  List<AppLimits::kCount> breaches;  // By rpc::Limit.
  Counter retries{0};                // Requests sent a second time after their worker died.
  Counter shed{0};                   // Requests refused by admission: no place, or too many.
  Counter quarantines{0};            // How often an app was put in quarantine.
  Counter workersStarted{0};
  Counter workerDeaths{0};
  List<kEndClasses> deathsBy;  // By EndClass; together `workerDeaths`.
  Counter sandboxAlarms{0};
  Counter appsLoaded{0};
  Counter fetches{0};               // Begun by apps; each redirect and service call is one.
  Counter sockets{0};               // Asked for by connect().
  List<kEgressKinds> egressFailed;  // Fetches and sockets, by rpc::EgressFailure::Kind.
  NetworkCounters network;

  static void add(Counter& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

}  // namespace nano
