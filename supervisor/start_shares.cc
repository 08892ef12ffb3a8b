#include "supervisor/start_shares.h"

#include <algorithm>

namespace nano {
namespace {

// A tenant that took nothing for so long shares no more, and its bucket is as good as full. It also
// bounds how small a share can get: no more tenants share than processes were started.
constexpr kj::Duration kLately = 10 * kj::SECONDS;

double seconds(kj::Duration duration) {
  return static_cast<double>(duration / kj::NANOSECONDS) / 1e9;
}

}  // namespace

bool StartShares::mayTake(const std::string& tenant, kj::TimePoint now) {
  forgetOldTakes(now);
  auto found = buckets_.find(tenant);
  if (found == buckets_.end()) return true;
  fill(found->second, now);
  return found->second.left >= 1;
}

bool StartShares::hasLost(const std::string& tenant, kj::TimePoint now) {
  forgetOldTakes(now);
  return buckets_.count(tenant) > 0;
}

void StartShares::take(const std::string& tenant, kj::TimePoint now) {
  forgetOldTakes(now);
  Bucket& bucket = buckets_.try_emplace(tenant, Bucket{perSecond_, now, 0}).first->second;
  fill(bucket, now);
  bucket.left = std::max(bucket.left - 1, 0.0);
  bucket.takes++;
  takes_.push_back({now, tenant});
}

void StartShares::forgetOldTakes(kj::TimePoint now) {
  while (!takes_.empty() && now - takes_.front().at > kLately) {
    auto bucket = buckets_.find(takes_.front().tenant);
    if (--bucket->second.takes == 0) buckets_.erase(bucket);
    takes_.pop_front();
  }
}

void StartShares::fill(Bucket& bucket, kj::TimePoint now) const {
  const double share = perSecond_ / static_cast<double>(buckets_.size() + 1);
  // However many share, the next process is never out of reach.
  const double capacity = std::max(share, 1.0);
  bucket.left = std::min(bucket.left + seconds(now - bucket.countedAt) * share, capacity);
  bucket.countedAt = now;
}

}  // namespace nano
