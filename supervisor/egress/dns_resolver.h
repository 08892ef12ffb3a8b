#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "protocol/event_loop.h"
#include "supervisor/egress/dns_answer.h"
#include "supervisor/egress/dns_cache.h"
#include "supervisor/egress/dns_settings.h"
#include "supervisor/egress/hosts_file.h"
#include "supervisor/egress/lookup_slots.h"
#include "supervisor/egress/name_servers.h"
#include "supervisor/egress/resolver.h"

namespace nano {

// The resolver of one front end: what needs no DNS, the machine's table of hosts, what is still
// known, and else the name servers. A name is the whole name: resolv.conf's search list is not
// used, so that what an app's URL means does not depend on the machine.
//
// What a name server sends is bounded in memory (kMaxDnsAddresses a name and family); a server that
// is silent costs the lookups that wait for it and nobody else. Apps share what is known, and
// nothing of what is under way: no app waits for another's lookup. Outlives its promises.
class DnsResolver final : public Resolver {
 public:
  DnsResolver(EventLoop& loop, DnsSettings settings);
  // With a time of its own for what is cached and for how long a lookup may take.
  DnsResolver(EventLoop& loop, DnsSettings settings, kj::Timer& timer);
  ~DnsResolver() noexcept(false);
  KJ_DISALLOW_COPY(DnsResolver);

  // For the server itself, which counts as an app of its own.
  kj::Promise<Resolution> resolve(std::string host) override {
    return resolve(std::move(host), "");
  }
  // `app` is whoever the lookup is for, named the same each time.
  kj::Promise<Resolution> resolve(std::string host, const std::string& app);

  struct Figures {
    size_t open;     // Lookups at the name servers.
    size_t waiting;  // For their turn.
    size_t cached;   // Names.
  };
  Figures figures() const { return {slots_.open(), slots_.waiting(), cache_.size()}; }

 private:
  class Lookup;
  struct Answers {
    const DnsAnswer& v4;
    const DnsAnswer& v6;
    // Not so of a lookup that had waited for its turn: what it lacks is its own affair.
    bool hadAllItsTime;
  };

  Resolution settle(const std::string& name, const Answers& answers);
  Resolution notFound(const std::string& name, const Answers& answers);
  NameNotFound refused(LookupSlots::Refusal refusal) const;
  NameNotFound neverItsTurn() const;

  EventLoop& loop_;
  kj::Timer& timer_;
  const DnsSettings settings_;
  NameServers servers_;
  HostsFile hosts_;
  DnsCache cache_;
  LookupSlots slots_;
  // Under way, by app and name; whoever waits for one owns it.
  std::map<std::pair<std::string, std::string>, Lookup*> lookups_;
};

}  // namespace nano
