// Fetches over HTTP/2.

#include "protocol/limits.h"
#include "supervisor/egress/http2_fixture.h"
#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/tls_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;
using Stream = OutboundRequest::Stream;

class NetworkFetcherHttp2Test : public FetcherFixture {
 protected:
  NetworkFetcherHttp2Test() {
    settings_.roots = TrustedAuthority::get().roots;
    server_ = makeTlsServer(TrustedAuthority::get().authority.issue("DNS:up.test"));
    speakHttp2(server_.get());
  }
  TlsServer server_;
};

// Answers each request on a connection with so many bytes.
Upstream::Script giving(size_t size) {
  return [size](Peer& peer, int) {
    Http2Peer http2(peer);
    while (auto* request = http2.next())
      http2.respond(*request, "200", {{"x-path", request->fields[":path"]}}, size);
  };
}

TEST_F(NetworkFetcherHttp2Test, SpeaksItWhereTheServerDoes) {
  Http2Peer::Request seen;
  {
    Upstream upstream(
        [&seen](Peer& peer, int) {
          Http2Peer http2(peer);
          auto* request = http2.next();
          seen = *request;
          http2.interim(*request, {{":status", "103"}, {"link", "x"}});
          http2.respond(*request, "201", {{"set-cookie", "a"}, {"set-cookie", "b"}}, 5);
          http2.waitForEnd();
        },
        server_.get());
    OutboundRequest asked = secure(upstream.port());
    asked.destination.target = "/a?b";
    asked.headers = {{"x-one", "1"}, {"x-empty", ""}};
    asked.spellings = {{0, "X-One"}, {1, "X-Empty"}};
    FetchedResponse got = response(kj::mv(asked));
    EXPECT_EQ(got.status, 201);
    EXPECT_EQ(got.statusText, "");
    EXPECT_EQ(got.headers.size(), 2u);
    EXPECT_EQ(bodyOf(got), "xxxxx");
    EXPECT_EQ(seen.fields[":authority"], "up.test:" + std::to_string(upstream.port()));
    fetcher_ = nullptr;
  }
  EXPECT_EQ(seen.fields[":path"], "/a?b");
  EXPECT_EQ(seen.fields["x-one"], "1");
  EXPECT_EQ(seen.fields["x-empty"], "");
  EXPECT_EQ(seen.fields.count("user-agent"), 0u);
}

TEST_F(NetworkFetcherHttp2Test, UsesAConnectionForRequestAfterRequest) {
  Upstream upstream(giving(5), server_.get());
  for (int i = 0; i < 20; ++i) {
    FetchedResponse got = response(secure(upstream.port()));
    EXPECT_EQ(bodyOf(got), "xxxxx");
  }
  EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(NetworkFetcherHttp2Test, NeverOffersItWhereTheOperatorSaysSo) {
  settings_.http2 = NetworkSettings::Http2::kNever;
  Upstream upstream(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh1"), server_.get());
  FetchedResponse got = response(secure(upstream.port()));
  EXPECT_EQ(bodyOf(got), "h1");
}

TEST_F(NetworkFetcherHttp2Test, SendsBodiesOfKnownAndUnknownLength) {
  std::vector<std::string> seen;
  {
    Upstream upstream(
        [&seen](Peer& peer, int) {
          Http2Peer http2(peer);
          while (auto* request = http2.next()) {
            seen.push_back(request->fields[":method"] + " " + request->fields["content-length"] +
                           " " + request->body);
            http2.respond(*request, "200", {}, 2);
          }
        },
        server_.get());
    for (int way = 0; way < 4; ++way) {
      OutboundRequest asked = secure(upstream.port(), "POST");
      if (way == 0) asked.body = bytesOfText("bytes");
      if (way == 1) asked.body = streamOf({"one ", "two"}, 7);
      if (way == 2) asked.body = streamOf({"one ", "two"});
      FetchedResponse got = response(kj::mv(asked));
      EXPECT_EQ(bodyOf(got), "xx");
    }
    fetcher_ = nullptr;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"POST 5 bytes", "POST 7 one two", "POST  one two",
                                            "POST 0 "}));
}

TEST_F(NetworkFetcherHttp2Test, HasNoBodyWhereTheMethodOrStatusHasNone) {
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        http2.respond(*http2.next(), "200", {{"content-length", "1000"}});
        http2.respond(*http2.next(), "204");
        http2.waitForEnd();
      },
      server_.get());
  FetchedResponse head = response(secure(upstream.port(), "HEAD"));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(head.body));
  FetchedResponse none = response(secure(upstream.port()));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(none.body));
}

TEST_F(NetworkFetcherHttp2Test, DropsTrailers) {
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        http2.trailAfterwards({{"x-trailer", "t"}});
        http2.respond(*http2.next(), "200", {}, 5);
        http2.waitForEnd();
      },
      server_.get());
  FetchedResponse got = response(secure(upstream.port()));
  EXPECT_EQ(bodyOf(got), "xxxxx");
  EXPECT_EQ(field(got, "x-trailer"), "none");
}

TEST_F(NetworkFetcherHttp2Test, StreamsALargeBody) {
  constexpr size_t kTotal = 20 << 20;
  Upstream upstream(giving(kTotal), server_.get());
  FetchedResponse got = response(secure(upstream.port()));
  EXPECT_EQ(bodyOf(got).size(), kTotal);
}

TEST_F(NetworkFetcherHttp2Test, SendsABodyThatIsMuchLargerThanTheWindow) {
  constexpr size_t kTotal = 8 << 20;
  std::atomic<size_t> received{0};
  Upstream upstream(
      [&received](Peer& peer, int) {
        Http2Peer http2(peer, 20'000);
        auto* request = http2.next();
        received = request->body.size();
        http2.respond(*request, "200", {}, 5);
        http2.waitForEnd();
      },
      server_.get());
  size_t left = kTotal;
  auto source = makeByteSource([&left](size_t maxBytes) -> kj::Promise<ByteChunk> {
    size_t size = std::min(maxBytes, left);
    left -= size;
    auto bytes = kj::heapArray<kj::byte>(size);
    memset(bytes.begin(), 'x', size);
    return ByteChunk{kj::mv(bytes), left == 0};
  });
  OutboundRequest asked = secure(upstream.port(), "POST");
  asked.body = Stream{kj::mv(source), std::nullopt};
  FetchedResponse got = response(kj::mv(asked));
  EXPECT_EQ(bodyOf(got), "xxxxx");
  EXPECT_EQ(received, kTotal);
}

TEST_F(NetworkFetcherHttp2Test, ABodyThatNobodyReadsHoldsUpNoOtherFetch) {
  Upstream upstream(giving(Http2Peer::kEndless), server_.get());
  FetchedResponse unread = response(secure(upstream.port()));
  for (int i = 0; i < 2000; ++i)
    loop_.runOnce();
  for (int i = 0; i < 3; ++i) {
    FetchedResponse got = response(secure(upstream.port()));
    ByteReader reader(kj::mv(std::get<Stream>(got.body).source));
    size_t read = 0;
    while (read < 1 << 20)
      read += loop_.run(reader.read(kMaxReadBytes)).bytes.size();
  }
  // On one connection curl 7.88 would take 32 MB of the first body to get at the next.
  EXPECT_EQ(upstream.connections(), 2);
}

TEST_F(NetworkFetcherHttp2Test, HoldsNoMoreThanAWindowOfABodyAndSleeps) {
  std::atomic<uint64_t> sent{0};
  Upstream upstream(
      [&sent](Peer& peer, int) {
        Http2Peer http2(peer);
        http2.respond(*http2.next(), "200", {}, Http2Peer::kEndless);
        do {
          sent = http2.sent.load();
        } while (http2.step());
      },
      server_.get());
  FetchedResponse got = response(secure(upstream.port()));
  ByteReader reader(kj::mv(std::get<Stream>(got.body).source));
  size_t most = 0;
  for (int i = 0; i < 100; ++i) {
    for (int turn = 0; turn < 50; ++turn)
      loop_.runOnce();
    most = std::max(most, loop_.run(reader.read(kMaxReadBytes)).bytes.size());
  }
  EXPECT_LE(most, 256u * 1024u);
  loop_.run(loop_.timer().afterDelay(100 * kj::MILLISECONDS));
  uint64_t before = loop_.turns();
  loop_.run(loop_.timer().afterDelay(100 * kj::MILLISECONDS));
  EXPECT_LT(loop_.turns() - before, 200u);
}

TEST_F(NetworkFetcherHttp2Test, GoesToANewConnectionAfterGoAway) {
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        auto* request = http2.next();
        http2.goAway(request->stream);
        http2.respond(*request, "200", {}, 5);
        http2.waitForEnd();
      },
      server_.get());
  for (int i = 1; i <= 3; ++i) {
    FetchedResponse got = response(secure(upstream.port()));
    EXPECT_EQ(bodyOf(got), "xxxxx");
    EXPECT_EQ(upstream.connections(), i);
  }
}

TEST_F(NetworkFetcherHttp2Test, RetriesOnceWhatWasRefused) {
  Upstream upstream(
      [](Peer& peer, int number) {
        Http2Peer http2(peer);
        auto* request = http2.next();
        if (number == 1) {
          http2.reset(*request, NGHTTP2_REFUSED_STREAM);
        } else {
          http2.respond(*request, "200", {}, 5);
        }
        http2.waitForEnd();
      },
      server_.get());
  FetchedResponse got = response(secure(upstream.port()));
  EXPECT_EQ(bodyOf(got), "xxxxx");
  EXPECT_EQ(upstream.connections(), 2);

  Upstream refusing(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        while (auto* request = http2.next())
          http2.reset(*request, NGHTTP2_REFUSED_STREAM);
      },
      server_.get());
  EXPECT_EQ(failure(secure(refusing.port())).kind, Kind::PROTOCOL);
  EXPECT_LE(refusing.connections(), 2);
}

TEST_F(NetworkFetcherHttp2Test, FailsWhereTheStreamIsReset) {
  for (bool answers : {false, true}) {
    Upstream upstream(
        [answers](Peer& peer, int) {
          Http2Peer http2(peer);
          auto* request = http2.next();
          if (answers) http2.interim(*request, {{":status", "200"}});
          http2.reset(*request, NGHTTP2_INTERNAL_ERROR);
          http2.waitForEnd();
        },
        server_.get());
    auto got = outcome(secure(upstream.port()));
    if (auto* begun = std::get_if<FetchedResponse>(&got)) {
      EXPECT_TRUE(answers);
      EXPECT_NE(bodyOf(*begun).find("BROKEN: "), std::string::npos);
    } else {
      EXPECT_EQ(std::get<EgressError>(got).kind, Kind::PROTOCOL);
    }
  }
}

TEST_F(NetworkFetcherHttp2Test, NeverEndsABodyThatBrokeOff) {
  for (const char* length : {"", "100"}) {
    Upstream upstream(
        [length](Peer& peer, int) {
          Http2Peer http2(peer);
          auto* request = http2.next();
          Http2Peer::Fields fields{{":status", "200"}};
          if (*length != '\0') fields.emplace_back("content-length", length);
          http2.interim(*request, fields);
        },
        server_.get());
    auto got = outcome(secure(upstream.port()));
    auto* begun = std::get_if<FetchedResponse>(&got);
    std::string body = begun == nullptr ? "BROKEN: " : bodyOf(*begun);
    EXPECT_NE(body.find("BROKEN: "), std::string::npos) << length;
  }
}

}  // namespace
}  // namespace nano
