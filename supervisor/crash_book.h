#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <kj/time.h>

namespace nano {

// Which app versions end their worker process, how often, and what follows. One front end's; time
// is the caller's.
//
// A version that was at work when its worker died is blamed. Twice within a minute: it gets a
// worker of its own, so that the other apps of its cordon live. More than five times within a
// minute: it is quarantined for a minute, and for twice as long each time that goes on
// (security 3.1). A new version of the app starts with a clean page.
class CrashBook final {
 public:
  // By version id.
  void record(const std::string& version, kj::TimePoint now);

  bool needsOwnWorker(const std::string& version, kj::TimePoint now) const;
  // How long it rests; zero where it does not. When the time is over one more crash is enough.
  kj::Duration quarantine(const std::string& version, kj::TimePoint now) const;
  // Whether its requests may be sent to a second worker after their first died: not when that looks
  // like their doing.
  bool mayRetry(const std::string& version, kj::TimePoint now) const;

  // Forgets who has been calm for long.
  void forgetCalm(kj::TimePoint now);

 private:
  struct Page {
    std::vector<kj::TimePoint> crashes;  // Within kWindow of the last.
    bool suspected = false;              // Until it is forgotten.
    uint32_t quarantines = 0;            // In a row.
    kj::TimePoint restsUntil = kj::origin<kj::TimePoint>();
    kj::TimePoint lastCrash = kj::origin<kj::TimePoint>();
  };

  const Page* find(const std::string& version) const;

  std::unordered_map<std::string, Page> pages_;
};

}  // namespace nano
