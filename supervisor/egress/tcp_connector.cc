#include "supervisor/egress/tcp_connector.h"

#include <cstring>
#include <optional>
#include <utility>

#include <kj/debug.h>

#include "supervisor/egress/admitted_addresses.h"
#include "supervisor/egress/connect_race.h"
#include "supervisor/egress/destination.h"
#include "supervisor/egress/egress_socket.h"
#include "supervisor/egress/fetch_failure.h"
#include "supervisor/egress/proxy_tunnel.h"
#include "supervisor/egress/ready_socket.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

// "example.com:5432", "[2001:db8::1]:5432".
std::string hostAndPort(const std::string& host, uint16_t port) {
  const bool isV6 = host.find(':') != std::string::npos;
  return (isV6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

EgressError denied(const std::string& name, const std::string& rule) {
  return {Kind::DENIED, "a connection to " + name + " is not allowed: " + rule};
}

}  // namespace

// What one connect() knows, for as long as its promise.
struct TcpConnector::Attempt {
  std::shared_ptr<const EgressPolicy> policy;
  Resolver& resolver;
  Destination destination;
  std::string name;
  std::unique_ptr<AppSockets::Place> place;
  std::shared_ptr<ByteBudget> queued;
};

kj::Promise<TcpConnector::Outcome> TcpConnector::connect(const Caller& caller,
                                                         Destination destination) {
  const std::string name = hostAndPort(destination.host, destination.port);
  const EgressDecision decision = caller.policy->decide(destination);
  if (!decision.allowed) return Outcome(denied(name, decision.rule));
  TenantTraffic& traffic = *caller.traffic;
  if (!traffic.mayConnect()) return Outcome(tooManyConnections(traffic.mostConnections()));
  auto place = std::make_unique<AppSockets::Place>(caller.sockets, traffic.connection());
  auto attempt = kj::heap<Attempt>(Attempt{caller.policy, caller.resolver, std::move(destination),
                                           name, std::move(place), traffic.queued()});
  Attempt& known = *attempt;
  auto tooLate = around_.timer.afterDelay(kDeadline).then([name]() {
    return Opened(EgressError{Kind::TIMED_OUT, name + " did not answer within 10 s"});
  });
  auto opening =
      known.policy->proxy().empty()
          ? resolve(known, known.destination.host).then([this, &known](Resolution&& resolution) {
              return connectToAllowed(known, std::move(resolution));
            })
          : connectThroughProxy(known);
  return opening.exclusiveJoin(kj::mv(tooLate))
      .then([this, &known](Opened&& opened) { return makeSocket(known, std::move(opened)); })
      .attach(kj::mv(attempt));
}

kj::Promise<Resolution> TcpConnector::resolve(const Attempt& attempt, const std::string& host) {
  if (auto address = parseIpAddress(host)) return Resolution(std::vector<IpAddress>{*address});
  return attempt.resolver.resolve(host);
}

kj::Promise<TcpConnector::Opened> TcpConnector::connectToAllowed(Attempt& attempt,
                                                                 Resolution resolution) {
  if (auto* missing = std::get_if<NameNotFound>(&resolution)) {
    return Opened(EgressError{missing->isOverLimit ? Kind::OVER_LIMIT : Kind::NAME_NOT_FOUND,
                              "the name " + attempt.destination.host + " " + missing->reason});
  }
  auto admitted = admittedAddresses(*attempt.policy, attempt.destination,
                                    std::get<std::vector<IpAddress>>(resolution));
  if (admitted.addresses.empty()) return Opened(denied(attempt.name, admitted.decision.rule));
  return connectTo(std::move(admitted.addresses), attempt.destination.port, attempt.name);
}

kj::Promise<TcpConnector::Opened> TcpConnector::connectTo(std::vector<IpAddress> addresses,
                                                          uint16_t port, std::string name) {
  return connectToFirst(around_.base, around_.timer, std::move(addresses), port)
      .then([port, name](std::variant<Connected, NotConnected>&& race) {
        if (auto* lost = std::get_if<NotConnected>(&race)) {
          return Opened(EgressError{Kind::CONNECT_FAILED, "a connection to " + name +
                                                              " failed: " + strerror(lost->error)});
        }
        auto& won = std::get<Connected>(race);
        return Opened(Connection{kj::mv(won.socket), hostAndPort(toString(won.address), port)});
      });
}

// The proxy is the operator's, and so is what it looks up and reaches.
kj::Promise<TcpConnector::Opened> TcpConnector::connectThroughProxy(Attempt& attempt) {
  auto parsed = parseDestination(attempt.policy->proxy() + "/");
  auto* proxy = std::get_if<Destination>(&parsed);
  if (proxy == nullptr || proxy->scheme != Destination::Scheme::kHttp) {
    return Opened(EgressError{Kind::INTERNAL, "the operator's proxy has no usable address"});
  }
  return resolve(attempt, proxy->host)
      .then([this, port = proxy->port](Resolution&& resolution) -> kj::Promise<Opened> {
        if (std::holds_alternative<NameNotFound>(resolution)) {
          return Opened(EgressError{Kind::CONNECT_FAILED, "the operator's proxy was not found"});
        }
        return connectTo(std::move(std::get<std::vector<IpAddress>>(resolution)), port,
                         "the operator's proxy");
      })
      .then([this, &attempt](Opened&& opened) { return askForTunnel(attempt, std::move(opened)); });
}

kj::Promise<TcpConnector::Opened> TcpConnector::askForTunnel(Attempt& attempt, Opened toProxy) {
  auto* connection = std::get_if<Connection>(&toProxy);
  if (connection == nullptr) return kj::mv(toProxy);
  auto socket = kj::heap<ReadySocket>(around_.base, kj::mv(connection->socket));
  ReadySocket& ready = *socket;
  return openTunnel(ready, attempt.name)
      .then([&attempt, &ready](kj::Maybe<std::string>&& problem) {
        KJ_IF_MAYBE(why, problem) {
          return Opened(EgressError{Kind::CONNECT_FAILED,
                                    "a connection to " + attempt.name + " failed: " + *why});
        }
        return Opened(Connection{ready.release(), attempt.name});
      })
      .attach(kj::mv(socket));
}

kj::Promise<TcpConnector::Outcome> TcpConnector::makeSocket(Attempt& attempt, Opened opened) {
  if (auto* error = std::get_if<EgressError>(&opened)) return Outcome(std::move(*error));
  if (attempt.place->isClosed()) return Outcome(EgressError{Kind::CANCELED, "the app is gone"});
  auto& connection = std::get<Connection>(opened);
  auto own = kj::heap<EgressSocket>(
      EgressSocket::Surroundings{around_.base, around_.timer, around_.tls},
      EgressSocket::Connection{kj::mv(connection.socket), attempt.name,
                               std::move(connection.remoteAddress), std::move(attempt.queued)},
      std::move(attempt.place));
  EgressSocket& socket = *own;
  rpc::Socket::Client client(kj::mv(own));
  if (attempt.destination.scheme != Destination::Scheme::kTls) return Outcome(kj::mv(client));
  return socket.secure(attempt.destination.host)
      .then([client](kj::Maybe<EgressError>&& error) mutable {
        KJ_IF_MAYBE(failed, error) {
          return Outcome(std::move(*failed));
        }
        return Outcome(kj::mv(client));
      });
}

}  // namespace nano
