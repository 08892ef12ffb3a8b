#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

#include <kj/time.h>

#include "supervisor/egress/resolver.h"

namespace nano {

// What is known about names for a while. The name that nobody has asked for the longest makes room.
class DnsCache final {
 public:
  // `clock` outlives the cache.
  DnsCache(size_t mostNames, const kj::MonotonicClock& clock)
      : mostNames_(mostNames),
        clock_(clock) {}
  DnsCache(const DnsCache&) = delete;
  DnsCache& operator=(const DnsCache&) = delete;

  // Null: nothing, or not any more. Valid until the next call.
  const Resolution* find(const std::string& name);
  void put(const std::string& name, Resolution resolution, kj::Duration ttl);

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string name;
    Resolution resolution;
    kj::TimePoint until;
  };
  using Entries = std::list<Entry>;

  void erase(Entries::iterator entry);

  const size_t mostNames_;
  const kj::MonotonicClock& clock_;
  // The one asked for last comes first.
  Entries entries_;
  std::unordered_map<std::string, Entries::iterator> byName_;
};

}  // namespace nano
