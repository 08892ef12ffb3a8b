#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include <kj/time.h>

namespace nano {

// Who may have the next worker process, where a server starts only so many in a second and has not
// many left: each tenant has a share of them, so that one whose workers die and die cannot keep the
// others from theirs.
//
// A token bucket a tenant, of a share: the server's starts in a second, divided by the tenants that
// lost a process lately and one more. What the one more would get is left for whoever comes next.
// One front end's; time is the caller's.
class StartShares final {
 public:
  explicit StartShares(uint32_t startsPerSecond) : perSecond_(startsPerSecond) {}

  bool mayTake(const std::string& tenant, kj::TimePoint now);
  // Whether a process of its died within the last ten seconds.
  bool hasLost(const std::string& tenant, kj::TimePoint now);
  // It has to have one anew: a process of its died.
  void take(const std::string& tenant, kj::TimePoint now);

 private:
  struct Bucket {
    double left = 0;
    kj::TimePoint countedAt = kj::origin<kj::TimePoint>();
    uint32_t takes = 0;  // Those in takes_; the bucket goes with the last.
  };
  struct Take {
    kj::TimePoint at;
    std::string tenant;
  };

  void forgetOldTakes(kj::TimePoint now);
  void fill(Bucket& bucket, kj::TimePoint now) const;

  const double perSecond_;
  std::unordered_map<std::string, Bucket> buckets_;  // Of those who lost a process lately.
  std::deque<Take> takes_;
};

}  // namespace nano
