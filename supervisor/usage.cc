#include "supervisor/usage.h"

#include <algorithm>

namespace nano {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

}  // namespace

bool RateMeter::take(int64_t nowNanos, uint64_t perSecond) {
  const int64_t interval = kSecond / static_cast<int64_t>(std::max<uint64_t>(perSecond, 1));
  int64_t seen = fullAt_.load(std::memory_order_relaxed);
  for (;;) {
    const int64_t next = std::max(seen, nowNanos) + interval;
    if (next - nowNanos > kSecond) return false;
    if (fullAt_.compare_exchange_weak(seen, next, std::memory_order_relaxed)) return true;
  }
}

bool AppUsage::mayLog(int64_t nowNanos, uint32_t& unlogged) {
  int64_t last = loggedAt_.load(std::memory_order_relaxed);
  if ((last != 0 && nowNanos - last < kSecond) ||
      !loggedAt_.compare_exchange_strong(last, nowNanos, std::memory_order_relaxed)) {
    unlogged_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  unlogged = unlogged_.exchange(0, std::memory_order_relaxed);
  return true;
}

UsageBook::UsageBook(uint32_t capacity) : server_(std::make_shared<ServerUsage>(capacity)) {}

std::shared_ptr<AppUsage> UsageBook::of(const std::string& tenant, const std::string& app) {
  std::erase_if(apps_, [](auto& entry) { return entry.second.expired(); });
  std::erase_if(tenants_, [](auto& entry) { return entry.second.expired(); });
  auto& kept = apps_[{tenant, app}];
  if (auto usage = kept.lock()) return usage;
  auto& keptTenant = tenants_[tenant];
  auto itsTenant = keptTenant.lock();
  if (!itsTenant) {
    itsTenant = std::make_shared<TenantUsage>(server_);
    keptTenant = itsTenant;
  }
  auto usage = std::make_shared<AppUsage>(std::move(itsTenant));
  kept = usage;
  return usage;
}

}  // namespace nano
