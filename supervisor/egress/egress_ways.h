#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include <kj/async.h>

#include "supervisor/app_version.h"
#include "supervisor/egress/app_sockets.h"
#include "supervisor/egress/outbound.h"

namespace nano {

using SocketOutcome = std::variant<rpc::Socket::Client, EgressError>;

// The hosts that this server answers for itself.
class ServedHosts : public Fetcher {
 public:
  // Whether a fetch goes there rather than to the network.
  virtual bool serves(const Destination& destination) const = 0;

 protected:
  ~ServedHosts() noexcept(false) = default;
};

// Every way that leads out of the apps of one front end, which implements it; each app's AppEgress
// opens those that its app uses and decides which of them a fetch takes. One thread.
class EgressWays {
 public:
  using Version = std::shared_ptr<const AppVersion>;

  // The network under the app's policy, over connections that no other app gets.
  virtual kj::Own<Fetcher> openNetwork(const Version& version) = 0;
  virtual kj::Own<ServedHosts> openHosts(const Version& version) = 0;
  // What a service binding of the app reaches; null: it has no binding of this name.
  virtual kj::Own<Fetcher> openService(const Version& version, std::string_view binding) = 0;

  // A connection under the app's policy, one of `sockets`.
  virtual kj::Promise<SocketOutcome> connect(const Version& version, Destination destination,
                                             AppSockets& sockets) = 0;

 protected:
  ~EgressWays() noexcept(false) = default;
};

}  // namespace nano
