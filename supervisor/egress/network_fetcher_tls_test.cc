// Fetches over TLS.

#include <fstream>

#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/tls_fixture.h"
#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

class NetworkFetcherTlsTest : public FetcherFixture {
 protected:
  NetworkFetcherTlsTest() { settings_.roots = TrustedAuthority::get().roots; }

  static const TestAuthority& authority() { return TrustedAuthority::get().authority; }
  static TlsServer vouchedFor(const std::string& names) {
    return makeTlsServer(authority().issue(names));
  }
  EgressError tlsFailure(const TlsServer& server) {
    Upstream upstream(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), server.get());
    EgressError error = failure(secure(upstream.port()));
    EXPECT_EQ(error.kind, Kind::TLS_FAILED) << error.message;
    EXPECT_EQ(error.message.find("127.0.0.1"), std::string::npos) << error.message;
    return error;
  }
};

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST_F(NetworkFetcherTlsTest, SpeaksTlsToAServerThatTheAuthorityVouchesFor) {
  TlsServer server = vouchedFor("DNS:up.test");
  std::atomic<int> version{0};
  Upstream upstream(
      [&version](Peer& peer, int number) {
        version = SSL_version(peer.tls());
        EXPECT_STREQ(SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name), "up.test");
        answering(kHello)(peer, number);
      },
      server.get());
  for (int i = 0; i < 5; ++i) {
    FetchedResponse got = response(secure(upstream.port()));
    EXPECT_EQ(bodyOf(got), "hello");
  }
  EXPECT_EQ(version, TLS1_3_VERSION);
  EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(NetworkFetcherTlsTest, VerifiesAnAddressAsAnAddress) {
  TlsServer server = vouchedFor("IP:127.0.0.1");
  Upstream upstream(answering(kHello), server.get());
  OutboundRequest asked = secure(upstream.port());
  asked.destination.host = "127.0.0.1";
  FetchedResponse got = response(kj::mv(asked));
  EXPECT_EQ(bodyOf(got), "hello");
  EXPECT_EQ(failure(secure(upstream.port())).kind, Kind::TLS_FAILED);
}

TEST_F(NetworkFetcherTlsTest, RefusesACertificateForAnotherName) {
  EgressError error = tlsFailure(vouchedFor("DNS:other.test,DNS:*.up.test"));
  EXPECT_NE(error.message.find("up.test"), std::string::npos) << error.message;
}

TEST_F(NetworkFetcherTlsTest, RefusesACertificateNobodyVouchesFor) {
  EgressError error = tlsFailure(makeTlsServer(TestAuthority::issueAlone("DNS:up.test")));
  EXPECT_NE(error.message.find("certificate"), std::string::npos) << error.message;
  TestAuthority stranger;
  tlsFailure(makeTlsServer(stranger.issue("DNS:up.test")));
}

TEST_F(NetworkFetcherTlsTest, RefusesACertificateThatIsOver) {
  EgressError error = tlsFailure(makeTlsServer(authority().issueExpired("DNS:up.test")));
  EXPECT_NE(error.message.find("expired"), std::string::npos) << error.message;
}

TEST_F(NetworkFetcherTlsTest, RefusesEveryCertificateWithoutRoots) {
  settings_.roots = nullptr;
  tlsFailure(vouchedFor("DNS:up.test"));
}

TEST_F(NetworkFetcherTlsTest, SpeaksNothingOlderThanTls12) {
  TlsServer old = vouchedFor("DNS:up.test");
  SSL_CTX_set_security_level(old.get(), 0);
  SSL_CTX_set_min_proto_version(old.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(old.get(), TLS1_1_VERSION);
  tlsFailure(old);
  TlsServer newer = vouchedFor("DNS:up.test");
  SSL_CTX_set_max_proto_version(newer.get(), TLS1_2_VERSION);
  Upstream upstream(answering(kHello), newer.get());
  FetchedResponse got = response(secure(upstream.port()));
  EXPECT_EQ(bodyOf(got), "hello");
}

TEST_F(NetworkFetcherTlsTest, FailsWhereTlsIsNotSpoken) {
  Upstream upstream([](Peer& peer, int) {
    peer.read(1);
    peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  EXPECT_EQ(failure(secure(upstream.port())).kind, Kind::TLS_FAILED);
  Upstream closing([](Peer& peer, int) { peer.read(1); });
  EXPECT_EQ(failure(secure(closing.port())).kind, Kind::TLS_FAILED);
}

TEST_F(NetworkFetcherTlsTest, NeverTakesACutConnectionForTheEndOfABody) {
  TlsServer server = vouchedFor("DNS:up.test");
  for (bool ends : {true, false}) {
    Upstream upstream(
        [ends](Peer& peer, int) {
          peer.readHead();
          peer.write("HTTP/1.1 200 OK\r\n\r\nhello");
          if (ends) peer.endTls();
        },
        server.get());
    auto got = outcome(secure(upstream.port()));
    // Which it is depends on how much came in one turn.
    std::string body = "BROKEN: ";
    if (auto* whole = std::get_if<FetchedResponse>(&got)) body = bodyOf(*whole);
    if (ends) {
      EXPECT_EQ(body, "hello");
    } else {
      EXPECT_NE(body.find("BROKEN: "), std::string::npos) << body;
    }
  }
}

TEST_F(NetworkFetcherTlsTest, NeverTakesBytesThatCameUnaskedForAnAnswer) {
  TlsServer server = vouchedFor("DNS:up.test");
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  const std::string poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
  // In one record with the answer, in one with the end of its body, in one of its own.
  for (int way = 0; way < 3; ++way) {
    std::atomic<bool> sent{false};
    Upstream upstream(
        [&](Peer& peer, int number) {
          peer.readHead();
          if (number > 1) {
            peer.write(head + "mine!");
            return peer.waitForEnd();
          }
          if (way == 0) peer.write(std::string(head).append("hello").append(poison));
          if (way == 1) {
            peer.write(head);
            peer.write(std::string("hello").append(poison));
          }
          if (way == 2) {
            peer.write(head + "hello");
            peer.write(poison);
          }
          sent = true;
          peer.waitForEnd();
        },
        server.get());
    FetchedResponse first = response(secure(upstream.port()));
    EXPECT_EQ(bodyOf(first), "hello") << way;
    runUntil([&]() { return sent.load(); });
    OutboundRequest asked = secure(upstream.port(), "POST");
    asked.body = bytesOfText("body");
    FetchedResponse second = response(kj::mv(asked));
    EXPECT_EQ(bodyOf(second), "mine!") << way;
    EXPECT_EQ(upstream.connections(), 2) << way;
    fetcher_ = nullptr;
  }
}

TEST_F(NetworkFetcherTlsTest, StreamsALargeBodyBothWays) {
  constexpr size_t kTotal = 8 << 20;
  TlsServer server = vouchedFor("DNS:up.test");
  Upstream upstream(
      [](Peer& peer, int) {
        peer.readHead();
        std::string body = peer.read(kTotal);
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kTotal) + "\r\n\r\n");
        peer.write(body);
        peer.waitForEnd();
      },
      server.get());
  size_t left = kTotal;
  auto source = makeByteSource([&](size_t maxBytes) -> kj::Promise<ByteChunk> {
    size_t size = std::min(maxBytes, left);
    auto bytes = kj::heapArray<kj::byte>(size);
    for (size_t i = 0; i < size; ++i)
      bytes[i] = static_cast<kj::byte>((left - i) * 31 >> 3);
    left -= size;
    return ByteChunk{kj::mv(bytes), left == 0};
  });
  OutboundRequest asked = secure(upstream.port(), "PUT");
  asked.body = OutboundRequest::Stream{kj::mv(source), kTotal};
  FetchedResponse got = response(kj::mv(asked));
  std::string body = bodyOf(got);
  ASSERT_EQ(body.size(), kTotal);
  size_t wrong = 0;
  for (size_t i = 0; i < kTotal; ++i)
    wrong += static_cast<kj::byte>(body[i]) != static_cast<kj::byte>((kTotal - i) * 31 >> 3);
  EXPECT_EQ(wrong, 0u);
}

TEST(TrustedRootsTest, SaysWhatIsWrongWithAFile) {
  TemporaryDirectory directory;
  for (const char* content : {"no certificate", ""}) {
    std::string path = directory.below("ca.pem");
    std::ofstream(path) << content;
    auto loaded = TrustedRoots::load(path);
    ASSERT_TRUE(std::holds_alternative<std::string>(loaded));
    EXPECT_EQ(std::get<std::string>(loaded).find(path), 0u);
  }
  EXPECT_TRUE(std::holds_alternative<std::string>(TrustedRoots::load("/nowhere")));
}

TEST(TrustedRootsTest, TrustsTheSystemsRootsWithoutAFile) {
  auto loaded = TrustedRoots::load("");
  auto* roots = std::get_if<std::shared_ptr<const TrustedRoots>>(&loaded);
  ASSERT_NE(roots, nullptr);
  EXPECT_GT(sk_X509_OBJECT_num(X509_STORE_get0_objects((*roots)->store())), 50);
}

}  // namespace
}  // namespace nano
