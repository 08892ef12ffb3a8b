// What an upstream may do over HTTP/2 (hostile case U25).

#include "protocol/limits.h"
#include "supervisor/egress/http2_fixture.h"
#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/tls_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;
using Stream = OutboundRequest::Stream;

class NetworkFetcherHttp2HostileTest : public FetcherFixture {
 protected:
  NetworkFetcherHttp2HostileTest() {
    settings_.roots = TrustedAuthority::get().roots;
    server_ = makeTlsServer(TrustedAuthority::get().authority.issue("DNS:up.test"));
    speakHttp2(server_.get());
  }
  // The loop sleeps while nothing comes.
  void expectSleep() {
    loop_.run(loop_.timer().afterDelay(50 * kj::MILLISECONDS));
    uint64_t before = loop_.turns();
    loop_.run(loop_.timer().afterDelay(100 * kj::MILLISECONDS));
    EXPECT_LT(loop_.turns() - before, 200u);
  }
  TlsServer server_;
};

// One frame as it is on the wire.
std::string frame(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
  std::string bytes;
  auto size = static_cast<uint32_t>(payload.size());
  for (int shift : {16, 8, 0})
    bytes += static_cast<char>(size >> shift);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  for (int shift : {24, 16, 8, 0})
    bytes += static_cast<char>(stream >> shift);
  return bytes + payload;
}

TEST_F(NetworkFetcherHttp2HostileTest, BoundsHeads) {
  Http2Peer::Fields many;
  for (size_t i = 0; i <= kMaxUpstreamHeaders; ++i)
    many.emplace_back("set-cookie", "a=b");
  for (const Http2Peer::Fields& fields :
       {many, Http2Peer::Fields{{"x", std::string(60'000, 'x')},
                                {"y", std::string(60'000, 'y')},
                                {"z", std::string(60'000, 'z')}}}) {
    Upstream upstream(
        [&fields](Peer& peer, int) {
          Http2Peer http2(peer);
          http2.respond(*http2.next(), "200", fields, 5);
          http2.waitForEnd();
        },
        server_.get());
    EXPECT_EQ(failure(secure(upstream.port())).kind, Kind::PROTOCOL);
  }
}

TEST_F(NetworkFetcherHttp2HostileTest, EndsAHeadThatNeverEnds) {
  Upstream upstream(
      [](Peer& peer, int) {
        {
          Http2Peer http2(peer);
          http2.next();
        }
        // ":status: 200", then fields "a: b" in CONTINUATION frames without end.
        peer.write(frame(NGHTTP2_HEADERS, 0, 1, "\x88"));
        std::string fields;
        for (int i = 0; i < 1000; ++i)
          fields += std::string(
              "\0\x01"
              "a\x01"
              "b",
              5);
        while (peer.write(frame(NGHTTP2_CONTINUATION, 0, 1, fields))) {
        }
      },
      server_.get());
  EXPECT_EQ(failure(secure(upstream.port())).kind, Kind::PROTOCOL);
}

TEST_F(NetworkFetcherHttp2HostileTest, EndsAnEndlessRowOfInterimResponses) {
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        auto* request = http2.next();
        for (int i = 0; i < 9; ++i)
          http2.interim(*request, {{":status", "103"}});
        http2.respond(*request, "200", {}, 5);
        http2.waitForEnd();
      },
      server_.get());
  EXPECT_EQ(failure(secure(upstream.port())).kind, Kind::PROTOCOL);
}

TEST_F(NetworkFetcherHttp2HostileTest, TakesNoPush) {
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        auto* request = http2.next();
        http2.push(*request);
        http2.respond(*request, "200", {}, 5);
        http2.waitForEnd();
      },
      server_.get());
  // The server knows that it may not push, so the frame is not even sent; by force it is an error.
  FetchedResponse got = response(secure(upstream.port()));
  EXPECT_EQ(bodyOf(got), "xxxxx");
  Upstream forcing(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        http2.next();
        peer.write(frame(NGHTTP2_PUSH_PROMISE, NGHTTP2_FLAG_END_HEADERS, 1,
                         std::string("\0\0\0\x02\x82", 5)));
        http2.waitForEnd();
      },
      server_.get());
  EXPECT_EQ(failure(secure(forcing.port())).kind, Kind::PROTOCOL);
}

TEST_F(NetworkFetcherHttp2HostileTest, TimesOutWhereTheWindowIsNeverOpened) {
  settings_.idleTimeout = 300 * kj::MILLISECONDS;
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer, 0);
        http2.waitForEnd();
      },
      server_.get());
  auto source = makeByteSource([](size_t maxBytes) -> kj::Promise<ByteChunk> {
    return ByteChunk{kj::heapArray<kj::byte>(maxBytes), false};
  });
  OutboundRequest asked = secure(upstream.port(), "POST");
  asked.body = Stream{kj::mv(source), std::nullopt};
  auto fetching = fetcher().fetch(kj::mv(asked));
  expectSleep();
  auto outcome = loop_.run(kj::mv(fetching));
  EXPECT_EQ(std::get<EgressError>(outcome).kind, Kind::TIMED_OUT);
}

TEST_F(NetworkFetcherHttp2HostileTest, TimesOutWithoutAHead) {
  settings_.headTimeout = 300 * kj::MILLISECONDS;
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        http2.waitForEnd();
      },
      server_.get());
  auto fetching = fetcher().fetch(secure(upstream.port()));
  expectSleep();
  auto outcome = loop_.run(kj::mv(fetching));
  EXPECT_EQ(std::get<EgressError>(outcome).kind, Kind::TIMED_OUT);
}

TEST_F(NetworkFetcherHttp2HostileTest, GivesTheRestOfABodyUpOnceTheAnswerIsComplete) {
  for (const char* status : {"200", "413"}) {
    for (bool sized : {true, false}) {
      Upstream upstream(
          [status, sized](Peer& peer, int) {
            Http2Peer http2(peer);
            auto* request = http2.next(false);
            Http2Peer::Fields fields;
            if (sized) fields = {{"content-length", "5"}};
            http2.respond(*request, status, fields, 5);
            http2.reset(*request, NGHTTP2_NO_ERROR);
            http2.waitForEnd();
          },
          server_.get());
      bool dropped = false;
      auto guard = kj::defer([&dropped]() { dropped = true; });
      auto source = makeByteSource([guard = kj::mv(guard)](size_t) -> kj::Promise<ByteChunk> {
        return kj::Promise<ByteChunk>(kj::NEVER_DONE);
      });
      OutboundRequest asked = secure(upstream.port(), "POST");
      asked.body = Stream{kj::mv(source), std::nullopt};
      FetchedResponse got = response(kj::mv(asked));
      EXPECT_EQ(bodyOf(got), "xxxxx") << status << sized;
      runUntil([&dropped]() { return dropped; });
    }
  }
}

TEST_F(NetworkFetcherHttp2HostileTest, SurvivesFloodsOfFramesThatWantAnAnswer) {
  const std::string ping = frame(NGHTTP2_PING, 0, 0, "12345678");
  const std::string settings = frame(NGHTTP2_SETTINGS, 0, 0, "");
  const std::string empty = frame(NGHTTP2_DATA, 0, 1, "");
  for (const std::string& each : {ping, settings, empty}) {
    settings_.headTimeout = 200 * kj::MILLISECONDS;
    Upstream upstream(
        [&each](Peer& peer, int) {
          Http2Peer http2(peer);
          http2.next();
          std::string many;
          for (int i = 0; i < 1000; ++i)
            many += each;
          // Reads no answer.
          while (peer.write(many)) {
          }
        },
        server_.get());
    EgressError error = failure(secure(upstream.port()));
    EXPECT_TRUE(error.kind == Kind::PROTOCOL || error.kind == Kind::TIMED_OUT) << error.message;
    fetcher_ = nullptr;
  }
}

TEST_F(NetworkFetcherHttp2HostileTest, RefusesABodyThatIsNotAsLongAsItSaid) {
  for (size_t size : {4, 6}) {
    Upstream upstream(
        [size](Peer& peer, int) {
          Http2Peer http2(peer);
          http2.respond(*http2.next(), "200", {{"content-length", "5"}}, size);
          http2.waitForEnd();
        },
        server_.get());
    auto got = outcome(secure(upstream.port()));
    auto* begun = std::get_if<FetchedResponse>(&got);
    std::string body = begun == nullptr ? "BROKEN: " : bodyOf(*begun);
    EXPECT_NE(body.find("BROKEN: "), std::string::npos) << body;
  }
}

TEST_F(NetworkFetcherHttp2HostileTest, DroppingABodyLeavesTheConnectionUsable) {
  std::atomic<int> asked{0};
  Upstream upstream(
      [&asked](Peer& peer, int) {
        Http2Peer http2(peer);
        while (auto* request = http2.next()) {
          bool endless = ++asked % 2 == 1;
          http2.respond(*request, "200", {}, endless ? 4 << 20 : 5);
        }
      },
      server_.get());
  for (int i = 0; i < 5; ++i) {
    { FetchedResponse dropped = response(secure(upstream.port())); }
    FetchedResponse got = response(secure(upstream.port()));
    if (got.status == 200) bodyOf(got);
  }
}

}  // namespace
}  // namespace nano
