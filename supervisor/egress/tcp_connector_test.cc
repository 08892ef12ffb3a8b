#include "supervisor/egress/tcp_connector.h"

#include <vector>

#include "supervisor/egress/egress_socket.h"
#include "supervisor/egress/socket_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;
class TcpConnectorTest : public SocketTest {
 protected:
  // As many connections as a listener with no backlog takes before it answers nobody.
  static std::vector<kj::AutoCloseFd> fillBacklog(const TestPeer& peer) {
    std::vector<kj::AutoCloseFd> connections;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(peer.port());
    for (int i = 0; i < 4; ++i) {
      int fd;
      KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      connections.push_back(kj::AutoCloseFd(fd));
      static_cast<void>(
          ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
    }
    return connections;
  }
};

TEST_F(TcpConnectorTest, ConnectsToWhatTheNameMeans) {
  TestPeer peer;
  resolver_.names["db.test"] = {addressAt("127.0.0.1")};
  auto socket = opened(connect(destination("db.test", peer.port())));
  peer.accept().send("hello");
  EXPECT_EQ(read(socket), "hello");
}

TEST_F(TcpConnectorTest, LooksNoAddressUp) {
  TestPeer peer;
  open(peer.port());
  EXPECT_TRUE(resolver_.asked.empty());
}

TEST_F(TcpConnectorTest, DoesNotLookUpAHostThatIsDenied) {
  policy_->deniedHosts = {"db.test"};
  const EgressError error = failed(connect(destination("db.test", 5432)));
  EXPECT_EQ(error.kind, Kind::DENIED);
  EXPECT_EQ(error.message, "a connection to db.test:5432 is not allowed: not this host");
  EXPECT_TRUE(resolver_.asked.empty());
}

TEST_F(TcpConnectorTest, ConnectsToNoAddressThatIsDenied) {
  TestPeer peer;
  policy_->deniedAddresses = {addressAt("127.0.0.1")};
  resolver_.names["db.test"] = {addressAt("127.0.0.1")};
  const EgressError error = failed(connect(destination("db.test", peer.port())));
  EXPECT_EQ(error.kind, Kind::DENIED);
  EXPECT_EQ(error.message, "a connection to db.test:" + std::to_string(peer.port()) +
                               " is not allowed: not this address");
  EXPECT_EQ(failed(connect(destination("127.0.0.1", peer.port()))).kind, Kind::DENIED);
}

TEST_F(TcpConnectorTest, PassesOverTheAddressesThatAreDenied) {
  auto [allowed, denied] = TestPeer::onOnePort(INADDR_LOOPBACK + 1, INADDR_LOOPBACK);
  policy_->deniedAddresses = {addressAt("127.0.0.1")};
  resolver_.names["db.test"] = {addressAt("127.0.0.1"), addressAt("127.0.0.2")};
  auto socket = opened(connect(destination("db.test", allowed.port())));
  write(socket, "here");
  EXPECT_EQ(allowed.accept().receive(), "here");
}

TEST_F(TcpConnectorTest, TriesTheNextAddressWhenOneRefuses) {
  TestPeer peer(INADDR_LOOPBACK + 2);
  resolver_.names["db.test"] = {addressAt("127.0.0.1"), addressAt("127.0.0.2"),
                                addressAt("127.0.0.3")};
  auto socket = opened(connect(destination("db.test", peer.port())));
  write(socket, "third");
  EXPECT_EQ(peer.accept().receive(), "third");
}

TEST_F(TcpConnectorTest, TriesTheNextAddressWhenOneDoesNotAnswer) {
  // A full backlog answers nobody: the kernel drops the first packet of a further connection.
  auto [silent, peer] = TestPeer::onOnePort(INADDR_LOOPBACK, INADDR_LOOPBACK + 1);
  KJ_SYSCALL(listen(silent.fd(), 0));
  std::vector<kj::AutoCloseFd> fill = fillBacklog(silent);
  resolver_.names["db.test"] = {addressAt("127.0.0.1"), addressAt("127.0.0.2")};
  auto connecting = start(destination("db.test", silent.port()));
  EXPECT_FALSE(connecting.poll(loop_.waitScope()));
  pass(249 * kj::MILLISECONDS);
  EXPECT_FALSE(connecting.poll(loop_.waitScope()));
  pass(1 * kj::MILLISECONDS);
  auto socket = opened(loop_.run(kj::mv(connecting)));
  write(socket, "second");
  EXPECT_EQ(peer.accept().receive(), "second");
}

TEST_F(TcpConnectorTest, ATenantHasOnlySoManyConnections) {
  TestPeer peer;
  traffic_ = std::make_shared<TenantTraffic>(TenantTraffic::kMostHeldBytes, 1);
  {
    auto socket = opened(connect(destination("127.0.0.1", peer.port())));
    const EgressError error = failed(connect(destination("127.0.0.1", peer.port())));
    EXPECT_EQ(error.kind, Kind::OVER_LIMIT);
    EXPECT_EQ(error.message, "the tenant's apps have 1 connections already, the most there may be");
  }
  opened(connect(destination("127.0.0.1", peer.port())));
}

TEST_F(TcpConnectorTest, SaysThatNobodyListens) {
  uint16_t port = 0;
  { port = TestPeer().port(); }
  resolver_.names["db.test"] = {addressAt("127.0.0.1"), addressAt("127.0.0.2")};
  const EgressError error = failed(connect(destination("db.test", port)));
  EXPECT_EQ(error.kind, Kind::CONNECT_FAILED);
  EXPECT_EQ(error.message,
            "a connection to db.test:" + std::to_string(port) + " failed: Connection refused");
  EXPECT_EQ(sockets_->size(), 0u);
}

TEST_F(TcpConnectorTest, SaysThatThereIsNoSuchName) {
  const EgressError error = failed(connect(destination("nowhere.test", 80)));
  EXPECT_EQ(error.kind, Kind::NAME_NOT_FOUND);
  EXPECT_EQ(error.message, "the name nowhere.test does not exist");
}

TEST_F(TcpConnectorTest, GivesUpAfterTenSeconds) {
  resolver_.answers = false;
  auto connecting = start(destination("db.test", 80));
  loop_.runOnce();
  pass(9'999 * kj::MILLISECONDS);
  EXPECT_FALSE(connecting.poll(loop_.waitScope()));
  pass(1 * kj::MILLISECONDS);
  const EgressError error = failed(loop_.run(kj::mv(connecting)));
  EXPECT_EQ(error.kind, Kind::TIMED_OUT);
  EXPECT_EQ(error.message, "db.test:80 did not answer within 10 s");
  EXPECT_EQ(sockets_->size(), 0u);
}

TEST_F(TcpConnectorTest, CountsASocketFromTheFirstMoment) {
  resolver_.answers = false;
  {
    auto connecting = start(destination("db.test", 80));
    EXPECT_EQ(sockets_->size(), 1u);
  }
  EXPECT_EQ(sockets_->size(), 0u);
}

TEST_F(TcpConnectorTest, OpensNothingForAnAppThatWentMeanwhile) {
  TestPeer peer;
  auto connecting = start(destination("127.0.0.1", peer.port()));
  sockets_ = nullptr;
  EXPECT_EQ(failed(loop_.run(kj::mv(connecting))).kind, Kind::CANCELED);
}

TEST_F(TcpConnectorTest, AsksTheProxyWhereThereIsOne) {
  TestPeer proxy;
  policy_->proxyUrl = "http://127.0.0.1:" + std::to_string(proxy.port());
  // Nor is the address of the proxy the policy's business.
  policy_->deniedAddresses = {addressAt("127.0.0.1")};
  auto connecting = start(destination("db.test", 5432));
  EXPECT_FALSE(connecting.poll(loop_.waitScope()));
  TestConnection other = proxy.accept();
  while (!connecting.poll(loop_.waitScope()) && !other.hasInput()) {
  }
  EXPECT_EQ(other.receive(), "CONNECT db.test:5432 HTTP/1.1\r\nHost: db.test:5432\r\n\r\n");
  other.send("HTTP/1.1 200 Connection est");
  EXPECT_FALSE(connecting.poll(loop_.waitScope()));
  other.send("ablished\r\nVia: proxy\r\n\r\nfirst bytes of the target");
  auto socket = opened(loop_.run(kj::mv(connecting)));
  EXPECT_EQ(read(socket), "first bytes of the target");
  EXPECT_TRUE(resolver_.asked.empty());
}

TEST_F(TcpConnectorTest, SaysWhatTheProxyAnswered) {
  TestPeer proxy;
  policy_->proxyUrl = "http://127.0.0.1:" + std::to_string(proxy.port());
  for (const auto& [answer, reason] :
       {std::pair<std::string, std::string>{"HTTP/1.1 403 No\r\n\r\n", "the proxy answered 403"},
        {"SSH-2.0-OpenSSH\r\n\r\n", "the proxy does not speak HTTP/1"},
        {"HTTP/1.1 200 " + std::string(9'000, 'x'), "the proxy's answer is too long"},
        {"", "the proxy ended the connection"}}) {
    auto connecting = start(destination("db.test", 5432));
    EXPECT_FALSE(connecting.poll(loop_.waitScope()));
    TestConnection other = proxy.accept();
    other.send(answer);
    other.end();
    const EgressError error = failed(loop_.run(kj::mv(connecting)));
    EXPECT_EQ(error.kind, Kind::CONNECT_FAILED);
    EXPECT_EQ(error.message, "a connection to db.test:5432 failed: " + reason);
  }
}

}  // namespace
}  // namespace nano
