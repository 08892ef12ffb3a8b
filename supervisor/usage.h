#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

// What apps and tenants use of the whole server at this moment: counters that all front ends share.
// Relaxed atomics: a limit may be overrun by as many requests as there are front ends.
namespace nano {

// So many requests in each second, and at most a second's worth at once (GCRA, as in ATM's traffic
// management: one number, the time at which the bucket is full again).
class RateMeter final {
 public:
  // Counts one request at `nowNanos` of the monotonic clock, unless it is one too many.
  bool take(int64_t nowNanos, uint64_t perSecond);

 private:
  std::atomic<int64_t> fullAt_{0};
};

struct ServerUsage {
  // `atOnce`: from here on a tenant is served only up to its share.
  explicit ServerUsage(uint32_t atOnce) : capacity(atOnce) {}

  const uint32_t capacity;
  std::atomic<uint32_t> inFlight{0};
  std::atomic<uint32_t> activeTenants{0};  // With a request in flight.
};

struct TenantUsage {
  explicit TenantUsage(std::shared_ptr<ServerUsage> whole) : server(std::move(whole)) {}

  const std::shared_ptr<ServerUsage> server;
  std::atomic<uint32_t> inFlight{0};
  RateMeter rate;
};

struct AppUsage {
  explicit AppUsage(std::shared_ptr<TenantUsage> itsTenant) : tenant(std::move(itsTenant)) {}

  // Whether a refused request is worth a line in the app's log: one a second is. `unlogged` is how
  // many were not since the last.
  bool mayLog(int64_t nowNanos, uint32_t& unlogged);

  const std::shared_ptr<TenantUsage> tenant;
  RateMeter rate;

 private:
  std::atomic<int64_t> loggedAt_{0};
  std::atomic<uint32_t> unlogged_{0};
};

// Finds them by name, on the control thread. An app keeps its counters from deploy to deploy.
class UsageBook final {
 public:
  explicit UsageBook(uint32_t capacity);

  std::shared_ptr<AppUsage> of(const std::string& tenant, const std::string& app);

 private:
  std::shared_ptr<ServerUsage> server_;
  // Weak: what no route leads to and no request uses is forgotten.
  std::map<std::string, std::weak_ptr<TenantUsage>> tenants_;
  std::map<std::pair<std::string, std::string>, std::weak_ptr<AppUsage>> apps_;
};

}  // namespace nano
