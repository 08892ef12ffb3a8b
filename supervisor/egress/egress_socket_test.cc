#include "supervisor/egress/egress_socket.h"

#include <thread>

#include "protocol/limits.h"
#include "supervisor/egress/socket_fixture.h"

namespace nano {
namespace {

using EgressSocketTest = SocketTest;

TEST_F(EgressSocketTest, CarriesBytesBothWays) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  write(socket, "to the peer");
  EXPECT_EQ(other.receive(), "to the peer");
  auto reading = startRead(socket);
  loop_.runOnce();
  other.send("to the app");
  EXPECT_EQ(loop_.run(kj::mv(reading)).getBytes().size(), 10u);
}

TEST_F(EgressSocketTest, GivesNoMoreThanWasAskedFor) {
  TestPeer peer;
  auto socket = open(peer.port());
  peer.accept().send("abcdef");
  EXPECT_EQ(read(socket, 4), "abcd");
  EXPECT_EQ(read(socket, 0), "e");
  EXPECT_EQ(read(socket, 1'000'000'000), "f");
  EXPECT_EQ(read(socket), "(end)");
}

TEST_F(EgressSocketTest, GoesOnWritingAfterThePeerHasEnded) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  other.send("last words");
  other.end();
  EXPECT_EQ(read(socket), "last words");
  EXPECT_EQ(read(socket), "(end)");
  write(socket, "thank you");
  EXPECT_EQ(other.receive(), "thank you");
}

TEST_F(EgressSocketTest, GoesOnReadingAfterItsOwnEnd) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  write(socket, "question");
  shutdown(socket);
  EXPECT_EQ(other.receiveExactly(100), "question");
  other.send("answer");
  EXPECT_EQ(read(socket), "answer");
}

TEST_F(EgressSocketTest, FailsAReadWhenThePeerResets) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  auto reading = startRead(socket);
  loop_.runOnce();
  other.reset();
  EXPECT_NE(failure(kj::mv(reading)).find("reset by peer"), std::string::npos);
  EXPECT_NE(failure(startWrite(socket, "x")), "");
}

TEST_F(EgressSocketTest, ClosesTheConnectionWhenItIsDropped) {
  TestPeer peer;
  TestConnection other = [&]() {
    auto socket = open(peer.port());
    EXPECT_EQ(sockets_->size(), 1u);
    return peer.accept();
  }();
  EXPECT_TRUE(other.isOver());
  EXPECT_EQ(sockets_->size(), 0u);
}

TEST_F(EgressSocketTest, ClosesTheConnectionWhenItIsDroppedDuringARead) {
  TestPeer peer;
  TestConnection other = [&]() {
    auto socket = open(peer.port());
    TestConnection accepted = peer.accept();
    auto reading = startRead(socket);
    loop_.runOnce();
    return accepted;
  }();
  EXPECT_TRUE(other.isOver());
}

TEST_F(EgressSocketTest, IsBrokenWhenItsAppIsGone) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  auto reading = startRead(socket);
  loop_.runOnce();
  sockets_ = nullptr;
  EXPECT_NE(failure(kj::mv(reading)).find("the app is gone"), std::string::npos);
  EXPECT_TRUE(other.isOver());
}

TEST_F(EgressSocketTest, MakesAWriteWaitWhileThePeerTakesNothing) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  const std::string block(kMaxReadBytes, 'x');
  size_t written = 0;
  auto writing = startWrite(socket, block);
  // The kernel takes a few of these; then one stays.
  while (writing.poll(loop_.waitScope())) {
    loop_.run(kj::mv(writing));
    written += block.size();
    writing = startWrite(socket, block);
  }
  EXPECT_NE(failure(startWrite(socket, "more")).find("one write at a time"), std::string::npos);
  written += block.size();
  std::thread reader([&]() { EXPECT_EQ(other.receiveExactly(written).size(), written); });
  loop_.run(kj::mv(writing));
  shutdown(socket);
  reader.join();
}

TEST_F(EgressSocketTest, GivesUpAPeerThatTakesNothingForHalfAMinute) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  const std::string block(kMaxReadBytes, 'x');
  auto writing = startWrite(socket, block);
  while (writing.poll(loop_.waitScope())) {
    loop_.run(kj::mv(writing));
    writing = startWrite(socket, block);
  }
  pass(29 * kj::SECONDS);
  EXPECT_FALSE(writing.poll(loop_.waitScope()));
  pass(2 * kj::SECONDS);
  EXPECT_NE(failure(kj::mv(writing)).find("nothing for 30 s"), std::string::npos);
  EXPECT_NE(failure(startRead(socket)).find("nothing for 30 s"), std::string::npos);
}

TEST_F(EgressSocketTest, RefusesCallsThatBreakTheRulesAndNothingElse) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  auto reading = startRead(socket);
  loop_.runOnce();
  EXPECT_NE(failure(startRead(socket)).find("one read at a time"), std::string::npos);
  EXPECT_NE(failure(startWrite(socket, std::string(kMaxReadBytes + 1, 'x'))), "");
  auto tls = socket.startTlsRequest();
  tls.setHost("localhost");
  EXPECT_NE(failure(kj::Promise<capnp::Response<rpc::Socket::StartTlsResults>>(tls.send())), "");
  other.send("still there");
  EXPECT_EQ(loop_.run(kj::mv(reading)).getBytes().size(), 11u);
  for (std::string host : {std::string(), std::string(300, 'a'), std::string("a\0b", 3)}) {
    auto again = socket.startTlsRequest();
    again.setHost(kj::StringPtr(host.c_str(), host.size()));
    EXPECT_NE(failure(kj::Promise<capnp::Response<rpc::Socket::StartTlsResults>>(again.send())), "")
        << host;
  }
  shutdown(socket);
  EXPECT_NE(failure(socket.shutdownRequest().send().ignoreResult()), "");
  EXPECT_NE(failure(startWrite(socket, "late")).find("our side has ended"), std::string::npos);
  other.end();
  EXPECT_EQ(read(socket), "(end)");
  EXPECT_NE(failure(startRead(socket)).find("the peer has ended"), std::string::npos);
}

TEST_F(EgressSocketTest, CanReadAgainAfterAReadWasGivenUp) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  {
    auto reading = startRead(socket);
    loop_.runOnce();
  }
  loop_.runOnce();
  other.send("kept");
  EXPECT_EQ(read(socket), "kept");
}

TEST_F(EgressSocketTest, NamesThePeersAddressAndNotItsOwn) {
  TestPeer peer;
  auto socket = open(peer.port());
  auto results = loop_.run(
      kj::Promise<capnp::Response<rpc::Socket::InfoResults>>(socket.infoRequest().send()));
  EXPECT_EQ(results.getRemoteAddress(), "127.0.0.1:" + std::to_string(peer.port()));
  EXPECT_EQ(results.getLocalAddress(), "");
}

// ---- TLS. The server's side is a thread, so the clock that stands still limits nothing.

TEST_F(EgressSocketTest, SpeaksTlsAfterPlainBytesAsPostgresDoes) {
  TestTlsServer server(authority_, "DNS:db.test", [](TestConnection& connection) {
    EXPECT_EQ(connection.receive(), "SSL?");
    connection.send("S");
  });
  auto socket = open(server.port());
  write(socket, "SSL?");
  EXPECT_EQ(read(socket), "S");
  EXPECT_EQ(startTls(socket, "db.test"), "");
  write(socket, "secret");
  EXPECT_EQ(read(socket), "secret");
  EXPECT_NE(failure([&]() {
              auto again = socket.startTlsRequest();
              again.setHost("db.test");
              return kj::Promise<capnp::Response<rpc::Socket::StartTlsResults>>(again.send());
            }())
                .find("TLS has begun already"),
            std::string::npos);
  shutdown(socket);
  EXPECT_EQ(read(socket), "(end)");
  EXPECT_EQ(server.serverName(), "db.test");
}

TEST_F(EgressSocketTest, CarriesMuchThroughTls) {
  TestTlsServer server(authority_, "IP:127.0.0.1");
  auto socket = opened(connect(destination("127.0.0.1", server.port(), Destination::Scheme::kTls)));
  const std::string block(kMaxReadBytes, 'x');
  auto writing = startWrite(socket, block);
  size_t received = 0;
  while (received < block.size())
    received += read(socket).size();
  loop_.run(kj::mv(writing));
  EXPECT_EQ(received, block.size());
  shutdown(socket);
  EXPECT_EQ(read(socket), "(end)");
  // Of an address there is no server name.
  EXPECT_EQ(server.serverName(), "");
}

TEST_F(EgressSocketTest, RefusesACertificateForAnotherName) {
  TestTlsServer server(authority_, "DNS:other.test");
  auto socket = open(server.port());
  const std::string reason = startTls(socket, "db.test");
  EXPECT_NE(reason.find("hostname mismatch"), std::string::npos) << reason;
  EXPECT_NE(failure(startWrite(socket, "x")), "");
}

TEST_F(EgressSocketTest, RefusesACertificateOfAnAuthorityThatNobodyKnows) {
  TestAuthority stranger;
  TestTlsServer server(stranger, "DNS:db.test");
  resolver_.names["db.test"] = {addressAt("127.0.0.1")};
  const EgressError error =
      failed(connect(destination("db.test", server.port(), Destination::Scheme::kTls)));
  EXPECT_EQ(error.kind, rpc::EgressFailure::Kind::TLS_FAILED);
  EXPECT_NE(error.message.find("certificate is not accepted"), std::string::npos) << error.message;
}

TEST_F(EgressSocketTest, FailsTlsWithAPeerThatSpeaksSomethingElse) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  other.send("220 mail.example ESMTP\r\n");
  EXPECT_NE(startTls(socket, "db.test"), "");
}

TEST_F(EgressSocketTest, GivesUpAHandshakeThatTakesTenSeconds) {
  TestPeer peer;
  auto socket = open(peer.port());
  TestConnection other = peer.accept();
  auto request = socket.startTlsRequest();
  request.setHost("db.test");
  kj::Promise<capnp::Response<rpc::Socket::StartTlsResults>> shaking = request.send();
  loop_.runOnce();
  pass(11 * kj::SECONDS);
  const auto results = loop_.run(kj::mv(shaking));
  EXPECT_EQ(results.getFailure().getKind(), rpc::EgressFailure::Kind::TLS_FAILED);
}

TEST_F(EgressSocketTest, TakesAnEndWithoutTlssEndForABreak) {
  TestAuthority& authority = authority_;
  TestPeer peer;
  std::thread server([&]() {
    auto issued = authority.issue("DNS:db.test");
    std::unique_ptr<SSL_CTX, ReleaseWith<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), issued.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), issued.key.get());
    TestConnection connection = peer.accept();
    std::unique_ptr<SSL, ReleaseWith<SSL_free>> ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), connection.fd());
    EXPECT_EQ(SSL_accept(ssl.get()), 1);
    SSL_write(ssl.get(), "half", 4);
    connection.end();
    connection.receive();
  });
  auto socket = open(peer.port());
  EXPECT_EQ(startTls(socket, "db.test"), "");
  EXPECT_EQ(read(socket), "half");
  EXPECT_NE(failure(startRead(socket)), "");
  socket = nullptr;
  server.join();
}

// The peer is the tenant's as well, and need not take anything.
TEST_F(EgressSocketTest, BreaksOffWhereTheTenantsConnectionsHoldAllTheyMay) {
  traffic_ = std::make_shared<TenantTraffic>(TenantTraffic::kMostHeldBytes,
                                             TenantTraffic::kMostConnections, 300'000);
  TestPeer peer;
  std::vector<rpc::Socket::Client> sockets;
  std::vector<TestConnection> others;
  std::vector<kj::Promise<void>> writes;
  std::string reason;
  for (int i = 0; i < 10 && reason.empty(); ++i) {
    sockets.push_back(open(peer.port()));
    others.push_back(peer.accept());
    for (bool waits = false; !waits && reason.empty();) {
      auto writing = startWrite(sockets.back(), std::string(100'000, 'x'));
      loop_.runOnce();
      waits = !writing.poll(loop_.waitScope());
      if (waits) {
        writes.push_back(kj::mv(writing));
      } else {
        reason = failure(kj::mv(writing));
      }
    }
  }
  EXPECT_NE(reason.find("have not taken as many bytes"), std::string::npos) << reason;
  EXPECT_LE(traffic_->queued()->taken(), 300'000u);
  sockets.clear();
  writes.clear();
  loop_.runOnce();
  EXPECT_EQ(traffic_->queued()->taken(), 0u);
}

}  // namespace
}  // namespace nano
