#include "supervisor/egress/dns_resolver.h"

#include <algorithm>
#include <utility>

#include <kj/debug.h>
#include <kj/refcount.h>

#include "supervisor/egress/address_order.h"
#include "supervisor/egress/dns_query.h"

namespace nano {
namespace {

bool isBelow(std::string_view name, std::string_view domain) {
  if (!name.ends_with(domain)) return false;
  return name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.';
}

// RFC 6761 6.3: a name server never hears of these.
std::vector<IpAddress> loopback() {
  IpAddress v4;
  v4.bytes = {127, 0, 0, 1};
  IpAddress v6;
  v6.family = IpAddress::Family::kV6;
  v6.bytes[15] = 1;
  return {v4, v6};
}

// Names that DNS does not have, whatever a server says (RFC 6761 6.4, RFC 7686).
bool isNeverInDns(std::string_view name) {
  return isBelow(name, "invalid") || isBelow(name, "onion");
}

std::vector<IpAddress> sorted(const std::vector<IpAddress>& addresses) {
  std::vector<IpAddress> v4;
  std::vector<IpAddress> v6;
  for (auto& address : addresses)
    (address.family == IpAddress::Family::kV4 ? v4 : v6).push_back(address);
  if (v4.empty() || v6.empty()) return addresses;
  return inOrder(v4, v6, ipv6Route());
}

}  // namespace

// One name on its way, for everybody who waits for it: they hold it, and the last to go ends it.
class DnsResolver::Lookup final : public kj::Refcounted {
 public:
  Lookup(DnsResolver& resolver, std::string name, kj::Promise<kj::Own<LookupSlots::Slot>> slot)
      : resolver_(resolver),
        name_(std::move(name)),
        result_(run(kj::mv(slot)).fork()) {
    resolver_.lookups_.emplace(name_, this);
  }
  ~Lookup() noexcept(false) { leaveTable(); }

  kj::Promise<Resolution> wait() { return result_.addBranch().attach(kj::addRef(*this)); }

 private:
  kj::Promise<Resolution> run(kj::Promise<kj::Own<LookupSlots::Slot>> slot) {
    auto late = resolver_.timer_.afterDelay(resolver_.settings_.lookupTimeout);
    return slot
        .then([this](kj::Own<LookupSlots::Slot> taken) {
          slot_ = kj::mv(taken);
          query_ = kj::heap<DnsQuery>(resolver_.loop_, resolver_.timer_,
                                      resolver_.servers_.current(), resolver_.settings_);
          return query_->ask(name_);
        })
        .exclusiveJoin(kj::mv(late))
        .then([this] { return conclude(); });
  }

  Resolution conclude() {
    leaveTable();
    if (query_.get() == nullptr)
      return NameNotFound{"could not be looked up: too many lookups at a time"};
    Resolution resolution = resolver_.settle(name_, query_->v4(), query_->v6());
    query_ = nullptr;
    slot_ = nullptr;
    return resolution;
  }

  void leaveTable() {
    auto entry = resolver_.lookups_.find(name_);
    if (entry != resolver_.lookups_.end() && entry->second == this) {
      resolver_.lookups_.erase(entry);
    }
  }

  DnsResolver& resolver_;
  const std::string name_;
  kj::Own<LookupSlots::Slot> slot_;
  kj::Own<DnsQuery> query_;
  kj::ForkedPromise<Resolution> result_;
};

DnsResolver::DnsResolver(EventLoop& loop, DnsSettings settings)
    : DnsResolver(loop, std::move(settings), loop.timer()) {}

DnsResolver::DnsResolver(EventLoop& loop, DnsSettings settings, kj::Timer& timer)
    : loop_(loop),
      timer_(timer),
      settings_(std::move(settings)),
      servers_(settings_),
      hosts_(settings_.hosts),
      cache_(settings_.cachedNames, timer),
      slots_(settings_.openLookups, settings_.waitingLookups) {}

DnsResolver::~DnsResolver() noexcept(false) {}

kj::Promise<Resolution> DnsResolver::resolve(std::string host) {
  // "example.com." is the same name, fully qualified, as all of ours are.
  if (host.ends_with('.')) host.pop_back();
  if (isBelow(host, "localhost")) return Resolution(loopback());
  if (isNeverInDns(host)) return Resolution(NameNotFound{"does not exist"});
  if (auto known = hosts_.find(host); !known.empty()) return Resolution(sorted(known));
  if (auto* cached = cache_.find(host)) return Resolution(*cached);
  if (auto running = lookups_.find(host); running != lookups_.end()) {
    return running->second->wait();
  }
  KJ_IF_MAYBE(slot, slots_.take()) {
    return kj::refcounted<Lookup>(*this, std::move(host), kj::mv(*slot))->wait();
  }
  return Resolution(NameNotFound{"could not be looked up: too many lookups at a time"});
}

Resolution DnsResolver::settle(const std::string& name, const DnsAnswer& v4, const DnsAnswer& v6) {
  if (v4.addresses.empty() && v6.addresses.empty()) return notFound(name, v4, v6);
  std::vector<IpAddress> addresses = v4.addresses;
  addresses.insert(addresses.end(), v6.addresses.begin(), v6.addresses.end());
  kj::Duration ttl = settings_.longestTtl;
  for (auto* answer : {&v4, &v6}) {
    if (!answer->addresses.empty()) ttl = std::min(ttl, answer->ttlSeconds * kj::SECONDS);
  }
  Resolution resolution = sorted(addresses);
  cache_.put(name, resolution, std::max(ttl, settings_.shortestTtl));
  return resolution;
}

Resolution DnsResolver::notFound(const std::string& name, const DnsAnswer& v4,
                                 const DnsAnswer& v6) {
  for (auto* answer : {&v4, &v6}) {
    if (answer->kind == DnsAnswer::Kind::kNoSuchName) {
      Resolution missing = NameNotFound{"does not exist"};
      cache_.put(name, missing, settings_.negativeTtl);
      return missing;
    }
  }
  for (auto* answer : {&v4, &v6}) {
    if (answer->kind == DnsAnswer::Kind::kFailed) {
      Resolution failed = NameNotFound{answer->reason};
      cache_.put(name, failed, settings_.failureTtl);
      return failed;
    }
  }
  Resolution empty = NameNotFound{"has no addresses"};
  cache_.put(name, empty, settings_.negativeTtl);
  return empty;
}

}  // namespace nano
