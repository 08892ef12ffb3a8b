#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include <kj/async.h>

#include "supervisor/app_version.h"
#include "supervisor/egress/app_sockets.h"
#include "supervisor/egress/egress_policy.h"
#include "supervisor/egress/outbound.h"

namespace nano {

using SocketOutcome = std::variant<rpc::Socket::Client, EgressError>;

// Every way that leads out of the apps of one front end. The front end implements it; each app's
// AppEgress decides which of them a fetch takes. One thread.
class EgressWays {
 public:
  // The network under the app's policy, over connections that no other app gets.
  virtual kj::Own<Fetcher> openNetwork(const AppVersion& caller) = 0;

  // Whether an app of this server answers for a destination of the caller's, and not the network,
  // and whose it is; then callHost() asks it, as any client would.
  virtual std::optional<Neighbour> servedBy(const AppVersion& caller,
                                            const Destination& destination) const = 0;
  virtual kj::Promise<FetchOutcome> callHost(const AppVersion& caller, OutboundRequest request) = 0;

  // What any client would get that connects to this server, for a request whose name leads here by
  // DNS. Nothing, and the request as it was: no app answers for that host.
  virtual kj::Maybe<kj::Promise<FetchOutcome>> callArrived(const AppVersion& caller,
                                                           OutboundRequest& request) = 0;

  // The app of the caller's tenant that a service binding of the caller names.
  virtual kj::Promise<FetchOutcome> callService(const AppVersion& caller, std::string_view service,
                                                OutboundRequest request) = 0;

  // A connection under the app's policy, one of `sockets`.
  virtual kj::Promise<SocketOutcome> connect(const AppVersion& caller, Destination destination,
                                             AppSockets& sockets) = 0;

 protected:
  ~EgressWays() noexcept(false) = default;
};

}  // namespace nano
