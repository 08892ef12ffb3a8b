#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <kj/async.h>
#include <kj/io.h>
#include <kj/timer.h>

#include "protocol/libevent.h"
#include "supervisor/egress/app_sockets.h"
#include "supervisor/egress/egress_policy.h"
#include "supervisor/egress/ip_address.h"
#include "supervisor/egress/outbound.h"
#include "supervisor/egress/resolver.h"
#include "supervisor/egress/tenant_traffic.h"
#include "supervisor/egress/tls_client.h"

namespace nano {

// Opens the sockets of a front end's apps: asks the policy about the name, looks it up, asks about
// each address, and connects to exactly those that were allowed. Where the operator has a proxy, it
// does the last three for us. One thread; never blocks it.
class TcpConnector final {
 public:
  struct Surroundings {
    event_base& base;
    kj::Timer& timer;
    std::shared_ptr<const TlsClientContext> tls;
  };
  // From the name to the connection; a TLS handshake has EgressSocket::kTlsDeadline more.
  static constexpr kj::Duration kDeadline = 10 * kj::SECONDS;

  // What is borrowed outlives this, and this its promises and sockets.
  explicit TcpConnector(Surroundings surroundings) : around_(std::move(surroundings)) {}
  TcpConnector(const TcpConnector&) = delete;
  TcpConnector& operator=(const TcpConnector&) = delete;

  using Outcome = std::variant<rpc::Socket::Client, EgressError>;
  // The app that asks.
  struct Caller {
    std::shared_ptr<const EgressPolicy> policy;
    Resolver& resolver;   // Outlives the promise.
    AppSockets& sockets;  // One more from here on; they may go before the promise.
    std::shared_ptr<TenantTraffic> traffic;  // The same.
  };
  // `destination.scheme` is kTcp, or kTls for a connection whose handshake for its host is done.
  // Dropping the promise gives the attempt up.
  kj::Promise<Outcome> connect(const Caller& caller, Destination destination);

 private:
  struct Attempt;
  struct Connection {
    kj::AutoCloseFd socket;
    std::string remoteAddress;
  };
  using Opened = std::variant<Connection, EgressError>;

  static kj::Promise<Resolution> resolve(const Attempt& attempt, const std::string& host);
  kj::Promise<Opened> connectToAllowed(Attempt& attempt, Resolution resolution);
  kj::Promise<Opened> connectThroughProxy(Attempt& attempt);
  kj::Promise<Opened> connectTo(std::vector<IpAddress> addresses, uint16_t port, std::string name);
  kj::Promise<Opened> askForTunnel(Attempt& attempt, Opened toProxy);
  kj::Promise<Outcome> makeSocket(Attempt& attempt, Opened opened);

  const Surroundings around_;
};

}  // namespace nano
