#include "supervisor/egress/dns_resolver.h"

#include <algorithm>
#include <optional>
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

// One name on its way for one app, for everybody of it who waits for the name: they hold it, and
// the last to go ends it.
class DnsResolver::Lookup final : public kj::Refcounted {
 public:
  using Key = std::pair<std::string, std::string>;  // The app, the name.

  Lookup(DnsResolver& resolver, Key key, kj::Promise<LookupSlots::Turn> turn)
      : resolver_(resolver),
        key_(std::move(key)),
        result_(run(kj::mv(turn)).fork()) {
    resolver_.lookups_.emplace(key_, this);
  }
  ~Lookup() noexcept(false) { leaveTable(); }

  kj::Promise<Resolution> wait() { return result_.addBranch().attach(kj::addRef(*this)); }

 private:
  const std::string& name() const { return key_.second; }

  kj::Promise<Resolution> run(kj::Promise<LookupSlots::Turn> turn) {
    auto late = resolver_.timer_.afterDelay(resolver_.settings_.lookupTimeout);
    const kj::TimePoint asked = resolver_.timer_.now();
    return turn
        .then([this, asked](LookupSlots::Turn&& taken) {
          hasWaited_ = resolver_.timer_.now() > asked;
          return begin(std::move(taken));
        })
        .exclusiveJoin(kj::mv(late))
        .then([this] { return conclude(); });
  }

  kj::Promise<void> begin(LookupSlots::Turn turn) {
    if (auto* refusal = std::get_if<LookupSlots::Refusal>(&turn)) {
      found_ = resolver_.refused(*refusal);
      return kj::READY_NOW;
    }
    // Another app may have found it out in the meantime.
    if (auto* cached = resolver_.cache_.find(name())) {
      found_ = *cached;
      return kj::READY_NOW;
    }
    slot_ = kj::mv(std::get<kj::Own<LookupSlots::Slot>>(turn));
    query_ = kj::heap<DnsQuery>(resolver_.loop_, resolver_.timer_, resolver_.servers_.current(),
                                resolver_.settings_);
    return query_->ask(name());
  }

  Resolution conclude() {
    leaveTable();
    if (found_) return std::move(*found_);
    if (query_.get() == nullptr) return resolver_.neverItsTurn();
    Resolution resolution = resolver_.settle(name(), {query_->v4(), query_->v6(), !hasWaited_});
    query_ = nullptr;
    slot_ = nullptr;
    return resolution;
  }

  void leaveTable() {
    auto entry = resolver_.lookups_.find(key_);
    if (entry != resolver_.lookups_.end() && entry->second == this) {
      resolver_.lookups_.erase(entry);
    }
  }

  DnsResolver& resolver_;
  const Key key_;
  bool hasWaited_ = false;
  std::optional<Resolution> found_;  // Without asking.
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
      slots_({settings_.openLookups, settings_.waitingLookups, settings_.openLookupsOfApp,
              settings_.waitingLookupsOfApp}) {}

DnsResolver::~DnsResolver() noexcept(false) {}

kj::Promise<Resolution> DnsResolver::resolve(std::string host, const std::string& app) {
  // "example.com." is the same name, fully qualified, as all of ours are.
  if (host.ends_with('.')) host.pop_back();
  if (isBelow(host, "localhost")) return Resolution(loopback());
  if (isNeverInDns(host)) return Resolution(NameNotFound{"does not exist"});
  if (auto known = hosts_.find(host); !known.empty()) return Resolution(sorted(known));
  if (auto* cached = cache_.find(host)) return Resolution(*cached);
  Lookup::Key key(app, std::move(host));
  if (auto running = lookups_.find(key); running != lookups_.end()) return running->second->wait();
  return kj::refcounted<Lookup>(*this, std::move(key), slots_.take(app))->wait();
}

// What an app's author is told of all apps together is no number: it is not theirs.
NameNotFound DnsResolver::refused(LookupSlots::Refusal refusal) const {
  if (refusal == LookupSlots::Refusal::kAll) {
    return {"could not be looked up: the server has too many lookups waiting", true};
  }
  return {"could not be looked up: the app has " + std::to_string(settings_.openLookupsOfApp) +
              " lookups of names at work and " + std::to_string(settings_.waitingLookupsOfApp) +
              " waiting already, which is the most it may have at a time",
          true};
}

NameNotFound DnsResolver::neverItsTurn() const {
  return {"could not be looked up within " + std::to_string(settings_.lookupTimeout / kj::SECONDS) +
              " s: other lookups were before it, and an app has at most " +
              std::to_string(settings_.openLookupsOfApp) + " at work at a time",
          true};
}

Resolution DnsResolver::settle(const std::string& name, const Answers& answers) {
  const auto& [v4, v6, hadAllItsTime] = answers;
  if (v4.addresses.empty() && v6.addresses.empty()) return notFound(name, answers);
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

Resolution DnsResolver::notFound(const std::string& name, const Answers& answers) {
  for (auto* answer : {&answers.v4, &answers.v6}) {
    if (answer->kind == DnsAnswer::Kind::kNoSuchName) {
      Resolution missing = NameNotFound{"does not exist"};
      cache_.put(name, missing, settings_.negativeTtl);
      return missing;
    }
  }
  for (auto* answer : {&answers.v4, &answers.v6}) {
    if (answer->kind == DnsAnswer::Kind::kFailed) {
      Resolution failed = NameNotFound{answer->reason};
      if (answers.hadAllItsTime) cache_.put(name, failed, settings_.failureTtl);
      return failed;
    }
  }
  Resolution empty = NameNotFound{"has no addresses"};
  cache_.put(name, empty, settings_.negativeTtl);
  return empty;
}

}  // namespace nano
