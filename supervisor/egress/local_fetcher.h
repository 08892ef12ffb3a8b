#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <kj/timer.h>

#include "supervisor/app_version.h"
#include "supervisor/counters.h"
#include "supervisor/dispatcher.h"
#include "supervisor/egress/by_tenant.h"
#include "supervisor/egress/byte_budget.h"
#include "supervisor/egress/egress_policy.h"
#include "supervisor/egress/internal_exchange.h"
#include "supervisor/egress/outbound.h"
#include "supervisor/request_router.h"

namespace nano {

// The apps of this server as apps of it reach them, in one front end: without a socket, but through
// the same admission and into the same workers as a client's requests.
class LocalFetcher final {
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
  explicit LocalFetcher(Parts parts) : parts_(std::move(parts)) {}
  KJ_DISALLOW_COPY(LocalFetcher);

  // Of the app that a service binding of the caller names: one of the caller's tenant, whatever
  // host the URL has. What nanod would answer in its place is an error.
  kj::Promise<FetchOutcome> fetchService(const AppVersion& caller, std::string_view binding,
                                         OutboundRequest request);

  // Whose app answers there without asking DNS, by findServedHost().
  std::optional<Neighbour> servedBy(const AppVersion& caller, const Destination& destination) const;
  // What any client would get there.
  kj::Promise<FetchOutcome> fetchHost(const AppVersion& caller, OutboundRequest request);

  // Once DNS has said that a name leads to a port of ours: what any client would get that connects
  // there, whoever's route it is. Nothing: no app has it.
  kj::Maybe<kj::Promise<FetchOutcome>> fetchArrived(const AppVersion& caller,
                                                    OutboundRequest& request);

  // What fetches of this tenant may keep in memory here, all its apps together.
  std::shared_ptr<ByteBudget> budgetOf(const std::string& tenant);

 private:
  struct Target {
    const Route* route;  // Null: there is no such app.
    std::string name;    // For messages.
    RefusalsAre refusals;
  };
  kj::Promise<FetchOutcome> fetch(const AppVersion& caller, const Target& target,
                                  OutboundRequest request);

  Parts parts_;
  ByTenant<ByteBudget> budgets_;
};

}  // namespace nano
