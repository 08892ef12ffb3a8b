#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <kj/timer.h>

#include "supervisor/counters.h"
#include "supervisor/dispatcher.h"
#include "supervisor/egress/byte_budget.h"
#include "supervisor/egress/egress_ways.h"
#include "supervisor/egress/internal_exchange.h"
#include "supervisor/egress/outbound.h"
#include "supervisor/request_router.h"

namespace nano {

// The apps of this server as apps of it reach them, in one front end: without a socket, but through
// the same admission and into the same workers as a client's requests.
class LocalApps final {
 public:
  struct Parts {
    kj::Timer& timer;
    Dispatcher& dispatcher;
    Counters& counters;
    // The table of now, null before there is one. Asked at each fetch: a deploy counts from the
    // next one on.
    std::function<std::shared_ptr<const RequestRouter>()> router;
    // Whether nanod takes requests on this port.
    std::function<bool(uint16_t port)> listensOn;
  };
  // What `parts` refer to outlives this.
  explicit LocalApps(Parts parts) : parts_(std::move(parts)) {}
  KJ_DISALLOW_COPY(LocalApps);

  std::shared_ptr<const RequestRouter> router() const { return parts_.router(); }
  bool isHostPort(const RequestRouter& router, const Destination& destination) const;

  struct Target {
    const Route* route;  // Null: there is no such app.
    std::string name;    // For messages.
    RefusalsAre refusals;
  };
  kj::Promise<FetchOutcome> fetch(const Target& target, const std::shared_ptr<ByteBudget>& budget,
                                  OutboundRequest request);

  // What fetches of this tenant may keep in memory here, all its apps together.
  std::shared_ptr<ByteBudget> budgetOf(const std::string& tenant);

 private:
  Parts parts_;
  std::map<std::string, std::weak_ptr<ByteBudget>> budgets_;
};

// A service binding: another app of the same tenant, or the app itself, whatever host the URL has.
// What nanod would answer in its place is an error.
class ServiceFetcher final : public Fetcher {
 public:
  // `apps` outlives it.
  ServiceFetcher(LocalApps& apps, std::string tenant, std::string app);
  KJ_DISALLOW_COPY(ServiceFetcher);

  kj::Promise<FetchOutcome> fetch(OutboundRequest request) override;

 private:
  LocalApps& apps_;
  const std::string tenant_;
  const std::string app_;
  const std::shared_ptr<ByteBudget> budget_;
};

// Hosts that nanod itself serves, for an app of this tenant: what any client would get there.
class HostFetcher final : public ServedHosts {
 public:
  // `apps` outlives it.
  HostFetcher(LocalApps& apps, std::string tenant);
  KJ_DISALLOW_COPY(HostFetcher);

  // Whether to go there is to come back to this server, without asking DNS: a host of the tenant's
  // own routes, or a name below localhost. Another tenant's route does not count. Whoever has it
  // has not shown that the name is theirs, so where it leads is DNS's to say; once that has said
  // that it leads here, fetch() may be called for it, too.
  bool serves(const Destination& destination) const override;
  kj::Promise<FetchOutcome> fetch(OutboundRequest request) override;

 private:
  LocalApps& apps_;
  const std::string tenant_;
  const std::shared_ptr<ByteBudget> budget_;
};

}  // namespace nano
