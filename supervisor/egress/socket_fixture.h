#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <kj/timer.h>

#include "protocol/event_loop.h"
#include "supervisor/egress/tcp_connector.h"
#include "supervisor/egress/test_peer.h"
#include "supervisor/temporary_directory.h"

namespace nano {

inline IpAddress addressAt(const char* text) { return parseIpAddress(text).value(); }

// Says yes to everything but what the test names.
class TestPolicy final : public EgressPolicy {
 public:
  std::vector<std::string> deniedHosts;
  std::vector<IpAddress> deniedAddresses;
  std::string proxyUrl;

  EgressDecision decide(const Destination& destination) const override {
    const bool denied =
        std::find(deniedHosts.begin(), deniedHosts.end(), destination.host) != deniedHosts.end();
    return {!denied, denied ? "not this host" : ""};
  }
  EgressDecision decide(const Destination&, const IpAddress& address) const override {
    const bool denied =
        std::find(deniedAddresses.begin(), deniedAddresses.end(), address) != deniedAddresses.end();
    return {!denied, denied ? "not this address" : ""};
  }
  std::string proxy() const override { return proxyUrl; }
};

class TestResolver final : public Resolver {
 public:
  std::map<std::string, std::vector<IpAddress>> names;
  bool answers = true;
  std::vector<std::string> asked;

  kj::Promise<Resolution> resolve(std::string host) override {
    asked.push_back(host);
    if (!answers) return kj::NEVER_DONE;
    const auto found = names.find(host);
    if (found == names.end()) return Resolution(NameNotFound{"does not exist"});
    return Resolution(found->second);
  }
};

// A connector and its surroundings. The clock stands still until the test moves it.
class SocketTest : public testing::Test {
 protected:
  SocketTest() {
    authority_.writeTo(caFile());
    auto roots = TrustedRoots::load(caFile());
    tls_ = TlsClientContext::make(std::get<std::shared_ptr<const TrustedRoots>>(roots));
  }
  ~SocketTest() noexcept override = default;

  std::string caFile() const { return directory_.path() + "/ca.pem"; }

  TcpConnector& connector() {
    if (connector_ == nullptr) {
      connector_ =
          std::make_unique<TcpConnector>(TcpConnector::Surroundings{loop_.base(), clock_, tls_});
    }
    return *connector_;
  }
  static Destination destination(std::string host, uint16_t port,
                                 Destination::Scheme scheme = Destination::Scheme::kTcp) {
    Destination result;
    result.scheme = scheme;
    result.host = std::move(host);
    result.port = port;
    return result;
  }
  kj::Promise<TcpConnector::Outcome> start(Destination to) {
    return connector().connect({policy_, resolver_, *sockets_, traffic_}, std::move(to));
  }
  TcpConnector::Outcome connect(Destination to) { return loop_.run(start(std::move(to))); }
  // To a port of 127.0.0.1.
  rpc::Socket::Client open(uint16_t port) {
    return opened(connect(destination("127.0.0.1", port)));
  }

  static rpc::Socket::Client opened(TcpConnector::Outcome outcome) {
    auto* client = std::get_if<rpc::Socket::Client>(&outcome);
    KJ_REQUIRE(client != nullptr, std::get<EgressError>(outcome).message.c_str());
    return *client;
  }
  static EgressError failed(TcpConnector::Outcome outcome) {
    KJ_REQUIRE(std::holds_alternative<EgressError>(outcome), "it was opened");
    return std::get<EgressError>(outcome);
  }

  using ReadResults = capnp::Response<rpc::Socket::ReadResults>;
  static kj::Promise<ReadResults> startRead(rpc::Socket::Client socket, uint32_t maxBytes = 65536) {
    auto request = socket.readRequest();
    request.setMaxBytes(maxBytes);
    return request.send();
  }
  // What one read gave; "(end)" is the end.
  std::string read(rpc::Socket::Client socket, uint32_t maxBytes = 65536) {
    ReadResults results = loop_.run(startRead(kj::mv(socket), maxBytes));
    const auto bytes = results.getBytes();
    return std::string(bytes.asChars().begin(), bytes.size()) + (results.getEnd() ? "(end)" : "");
  }
  static kj::Promise<void> startWrite(rpc::Socket::Client socket, std::string_view text) {
    auto request = socket.writeRequest();
    request.setBytes(kj::arrayPtr(reinterpret_cast<const kj::byte*>(text.data()), text.size()));
    return request.send().ignoreResult();
  }
  void write(rpc::Socket::Client socket, std::string_view text) {
    loop_.run(startWrite(kj::mv(socket), text));
  }
  void shutdown(rpc::Socket::Client socket) {
    loop_.run(socket.shutdownRequest().send().ignoreResult());
  }
  // The message of the failure, or empty.
  std::string startTls(rpc::Socket::Client socket, std::string host) {
    auto request = socket.startTlsRequest();
    request.setHost(host);
    auto results =
        loop_.run(kj::Promise<capnp::Response<rpc::Socket::StartTlsResults>>(request.send()));
    const auto failure = results.getFailure();
    EXPECT_EQ(failure.getKind() == rpc::EgressFailure::Kind::NONE,
              failure.getMessage().size() == 0);
    return failure.getMessage().cStr();
  }
  // Why the promise rejected, or empty.
  template <typename T>
  std::string failure(kj::Promise<T> promise) {
    return failure(promise.ignoreResult());
  }
  std::string failure(kj::Promise<void> promise) {
    std::string reason;
    loop_.run(promise.then(
        []() {}, [&reason](kj::Exception&& error) { reason = error.getDescription().cStr(); }));
    return reason;
  }
  void pass(kj::Duration time) {
    loop_.runOnce();
    now_ += time;
    clock_.advanceTo(now_);
    loop_.runOnce();
  }

  EventLoop loop_;
  kj::TimePoint now_ = kj::origin<kj::TimePoint>();
  kj::TimerImpl clock_{now_};
  TestAuthority authority_;
  TemporaryDirectory directory_;
  std::shared_ptr<const TlsClientContext> tls_;
  TestResolver resolver_;
  std::shared_ptr<TestPolicy> policy_ = std::make_shared<TestPolicy>();
  std::shared_ptr<TenantTraffic> traffic_ = std::make_shared<TenantTraffic>();
  std::unique_ptr<AppSockets> sockets_ = std::make_unique<AppSockets>();
  std::unique_ptr<TcpConnector> connector_;
};

}  // namespace nano
