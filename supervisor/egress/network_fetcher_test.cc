#include "supervisor/egress/network_fetcher.h"

#include "protocol/limits.h"
#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

using NetworkFetcherTest = FetcherFixture;

constexpr const char* kHello =
    "HTTP/1.1 200 Very OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
constexpr const char* kEmpty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

// Answers each request with its own head as the body.
void echoHeads(Peer& peer, int) {
  std::string head;
  while (!(head = peer.readHead()).empty()) {
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(head.size()) + "\r\n\r\n" +
               head);
  }
}

TEST_F(NetworkFetcherTest, GivesStatusReasonFieldsAndBodyOfAnAnswer) {
  Upstream upstream(answering(kHello));
  FetchedResponse got = response(request(upstream.port()));
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.statusText, "Very OK");
  EXPECT_EQ(field(got, "content-type"), "text/plain");
  EXPECT_EQ(field(got, "content-length"), "5");
  EXPECT_EQ(bodyOf(got), "hello");
}

TEST_F(NetworkFetcherTest, UsesAConnectionForRequestAfterRequest) {
  Upstream upstream(answering(kHello));
  for (int i = 0; i < 20; ++i) {
    FetchedResponse got = response(request(upstream.port()));
    EXPECT_EQ(bodyOf(got), "hello");
  }
  EXPECT_EQ(upstream.connections(), 1);
  EXPECT_EQ(counters_.connections.load(), 1u);
}

TEST_F(NetworkFetcherTest, SendsWhatTheAppSaysAndNothingElse) {
  Upstream upstream(echoHeads);
  OutboundRequest asked = request(upstream.port(), "/path?query");
  asked.headers = {
      {"x-one", "1"}, {"x-empty", ""}, {"x-two", "again; \xe4"}, {"expect", "100-continue"}};
  asked.spellings = {{0, "X-One"}, {1, "X-EMPTY"}, {3, "Expect"}};
  FetchedResponse got = response(kj::mv(asked));
  EXPECT_EQ(bodyOf(got),
            "GET /path?query HTTP/1.1\r\nHost: up.test:" + std::to_string(upstream.port()) +
                "\r\nAccept: */*\r\nX-One: 1\r\nX-EMPTY:\r\nx-two: again; \xe4\r\n\r\n");
}

TEST_F(NetworkFetcherTest, SaysHowManyAppsARequestHasPassed) {
  Upstream upstream(echoHeads);
  OutboundRequest asked = request(upstream.port(), "/");
  asked.hops = 3;
  FetchedResponse got = response(kj::mv(asked));
  EXPECT_NE(bodyOf(got).find("\r\nCDN-Loop: nano; hops=3\r\n"), std::string::npos);
}

TEST_F(NetworkFetcherTest, SendsTheAppsOwnAcceptAndUserAgent) {
  Upstream upstream(echoHeads);
  OutboundRequest asked = request(upstream.port());
  asked.headers = {{"accept", "text/html"}, {"user-agent", "mine"}};
  FetchedResponse got = response(kj::mv(asked));
  std::string head = bodyOf(got);
  EXPECT_EQ(head.find("*/*"), std::string::npos);
  EXPECT_NE(head.find("\r\nuser-agent: mine\r\n"), std::string::npos);
}

TEST_F(NetworkFetcherTest, LeavesTheTargetAsItIs) {
  Upstream upstream(echoHeads);
  for (const char* target : {"/", "/?", "/a//b", "//a", "/%2e%2e/%7e", "/a/../b", "/?a=b?c&d=%20",
                             "/a;b=c:d@e", "/?next=http://other.test/"}) {
    FetchedResponse got = response(request(upstream.port(), target));
    EXPECT_EQ(bodyOf(got).substr(0, strlen(target) + 5), std::string("GET ") + target + " ");
  }
}

TEST_F(NetworkFetcherTest, SaysHowLongABodyIsThatIsNone) {
  Upstream upstream(echoHeads);
  struct Row {
    const char* method;
    bool length;
  };
  // Get, so that the connection, and with it curl's handle, is used for each after each other.
  for (Row row : {Row{"POST", true}, Row{"PUT", true}, Row{"GET", false}, Row{"PATCH", false},
                  Row{"DELETE", false}, Row{"OPTIONS", false}, Row{"PURGE", false}}) {
    FetchedResponse got = response(request(upstream.port(), "/", row.method));
    std::string head = bodyOf(got);
    EXPECT_TRUE(head.starts_with(std::string(row.method) + " / HTTP/1.1\r\n")) << head;
    EXPECT_EQ(head.find("\r\nContent-Length: 0\r\n") != std::string::npos, row.length) << head;
    EXPECT_EQ(head.find("ontent-Type"), std::string::npos) << head;
  }
  EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(NetworkFetcherTest, HasNoBodyWhereTheMethodOrStatusHasNone) {
  struct Row {
    const char* method;
    const char* status;
  };
  for (Row row : {Row{"HEAD", "200 OK"}, Row{"GET", "204 No Content"}, Row{"GET", "304 Same"},
                  Row{"HEAD", "404 Not Found"}}) {
    Upstream upstream(
        answering(std::string("HTTP/1.1 ") + row.status + "\r\nContent-Length: 1000\r\n\r\n"));
    for (int i = 0; i < 2; ++i) {
      FetchedResponse got = response(request(upstream.port(), "/", row.method));
      EXPECT_TRUE(std::holds_alternative<std::monostate>(got.body)) << row.status;
      EXPECT_EQ(field(got, "content-length"), "1000");
    }
    EXPECT_EQ(upstream.connections(), 1) << row.method << row.status;
  }
}

TEST_F(NetworkFetcherTest, HandsASmallBodyOverAtOnceAndALargeOneInPieces) {
  for (size_t size : {size_t{0}, size_t{1}, kMaxInlineBodyBytes, kMaxInlineBodyBytes + 1}) {
    std::string body(size, 'x');
    Upstream upstream(answering("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) +
                                "\r\n\r\n" + body));
    FetchedResponse got = response(request(upstream.port()));
    // A few bytes come with the head. More may or may not, and a stream says how much.
    auto* stream = std::get_if<OutboundRequest::Stream>(&got.body);
    EXPECT_EQ(stream != nullptr, size > kMaxInlineBodyBytes || (stream != nullptr && size > 1));
    EXPECT_EQ(stream == nullptr ? size : stream->length, size);
    EXPECT_EQ(bodyOf(got), body);
  }
}

TEST_F(NetworkFetcherTest, GivesTheHeadBeforeTheBodyIsThere) {
  std::atomic<bool> goOn{false};
  Upstream upstream([&goOn](Peer& peer, int) {
    peer.readHead();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (!goOn)
      std::this_thread::yield();
    peer.write("3\r\none\r\n3;ext=1\r\ntwo\r\n0\r\nTrailer: x\r\n\r\n");
    peer.waitForEnd();
  });
  FetchedResponse got = response(request(upstream.port()));
  EXPECT_EQ(std::get<OutboundRequest::Stream>(got.body).length, std::nullopt);
  goOn = true;
  EXPECT_EQ(bodyOf(got), "onetwo");
  EXPECT_EQ(field(got, "trailer"), "none");
  EXPECT_EQ(field(got, "transfer-encoding"), "none");
}

TEST_F(NetworkFetcherTest, TakesABodyThatTheEndOfTheConnectionEnds) {
  for (const char* head : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"}) {
    Upstream upstream([head](Peer& peer, int) {
      peer.readHead();
      peer.write(head);
      peer.write("until the end");
    });
    FetchedResponse got = response(request(upstream.port()));
    EXPECT_EQ(bodyOf(got), "until the end");
  }
}

TEST_F(NetworkFetcherTest, DoesNotFollowRedirectsDecodeBodiesOrKeepCookies) {
  Upstream upstream([](Peer& peer, int) {
    while (true) {
      std::string head = peer.readHead();
      if (head.empty()) return;
      std::string body = head.find("ookie") == std::string::npos ? "\x1f\x8b" : "cookie";
      peer.write(
          "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Encoding: gzip\r\n"
          "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nStrict-Transport-Security: max-age=9\r\n"
          "Content-Length: 2\r\n\r\n" +
          body);
    }
  });
  for (int i = 0; i < 2; ++i) {
    FetchedResponse got = response(request(upstream.port()));
    EXPECT_EQ(got.status, 302);
    EXPECT_EQ(field(got, "location"), "http://127.0.0.1:1/");
    EXPECT_EQ(bodyOf(got), "\x1f\x8b");
  }
}

TEST_F(NetworkFetcherTest, RunsManyFetchesAtATime) {
  Upstream upstream(answering(kHello));
  kj::Vector<kj::Promise<FetchOutcome>> all;
  for (int i = 0; i < 100; ++i)
    all.add(fetcher().fetch(request(upstream.port())));
  auto outcomes = loop_.run(kj::joinPromises(all.releaseAsArray()));
  for (auto& outcome : outcomes)
    EXPECT_TRUE(std::holds_alternative<FetchedResponse>(outcome));
}

TEST_F(NetworkFetcherTest, KeepsNoMoreIdleConnectionsThanItMay) {
  settings_.idleConnections = 4;
  std::atomic<int> open{0};
  Upstream upstream([&open](Peer& peer, int) {
    ++open;
    answering(kEmpty)(peer, 0);
    --open;
  });
  kj::Vector<kj::Promise<FetchOutcome>> all;
  for (int i = 0; i < 20; ++i)
    all.add(fetcher().fetch(request(upstream.port())));
  loop_.run(kj::joinPromises(all.releaseAsArray()));
  runUntil([&open]() { return open.load() <= 4; });
  EXPECT_EQ(upstream.connections(), 20);
}

TEST_F(NetworkFetcherTest, HasNoPoolBeforeItsFirstFetchAndAfterAnIdleWhile) {
  settings_.poolTimeout = 30 * kj::MILLISECONDS;
  std::atomic<bool> closed{false};
  Upstream upstream([&closed](Peer& peer, int) {
    answering(kEmpty)(peer, 0);
    closed = true;
  });
  EXPECT_FALSE(fetcher().isWarm());
  response(request(upstream.port()));
  EXPECT_TRUE(fetcher().isWarm());
  runUntil([this]() { return !fetcher().isWarm(); });
  runUntil([&closed]() { return closed.load(); });
  response(request(upstream.port()));
  EXPECT_EQ(upstream.connections(), 2);
}

TEST_F(NetworkFetcherTest, TwoFetchersShareNoConnection) {
  Upstream upstream(answering(kHello));
  response(request(upstream.port()));
  NetworkFetcher other({loop_, resolver_, settings_, counters_, traffic_}, policy_);
  loop_.run(other.fetch(request(upstream.port())));
  EXPECT_EQ(upstream.connections(), 2);
}

TEST_F(NetworkFetcherTest, LeavesTheEnvironmentsProxyAlone) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  Upstream upstream(answering(kHello));
  FetchedResponse got = response(request(upstream.port()));
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  EXPECT_EQ(bodyOf(got), "hello");
}

}  // namespace
}  // namespace nano
