#include "supervisor/egress/dns_cache.h"

#include <utility>

namespace nano {

const Resolution* DnsCache::find(const std::string& name) {
  auto found = byName_.find(name);
  if (found == byName_.end()) return nullptr;
  auto entry = found->second;
  if (entry->until <= clock_.now()) {
    erase(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return &entry->resolution;
}

void DnsCache::put(const std::string& name, Resolution resolution, kj::Duration ttl) {
  if (auto old = byName_.find(name); old != byName_.end()) erase(old->second);
  entries_.push_front({name, std::move(resolution), clock_.now() + ttl});
  byName_.emplace(name, entries_.begin());
  if (entries_.size() > mostNames_) erase(std::prev(entries_.end()));
}

void DnsCache::erase(Entries::iterator entry) {
  byName_.erase(entry->name);
  entries_.erase(entry);
}

}  // namespace nano
