// What an upstream sends around a body, and how long that may go on.

#include "protocol/limits.h"
#include "supervisor/egress/framing_budget.h"
#include "supervisor/egress/http2_fixture.h"
#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/tls_fixture.h"
#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

constexpr const char* kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr const char* kTooMuch = "what it sends around its body has no end";

class NetworkFetcherFramingTest : public FetcherFixture {
 protected:
  // Nothing but what was sent ends these fetches.
  NetworkFetcherFramingTest() {
    settings_.headTimeout = settings_.idleTimeout = 1 * kj::HOURS;
    settings_.roots = TrustedAuthority::get().roots;
  }

  // This, and then these pieces without end.
  Upstream::Script endless(std::string begin, std::string piece) {
    return [this, begin = std::move(begin), piece = std::move(piece)](Peer& peer, int) {
      peer.readHead();
      peer.write(begin);
      while (peer.write(piece)) {
      }
      over_ = true;
    };
  }

  TlsServer server_ = makeTlsServer(TrustedAuthority::get().authority.issue("DNS:up.test"));
  std::atomic<bool> over_{false};
};

struct Row {
  std::string begin;
  std::string piece;
};

std::vector<Row> endlessAnswers() {
  const std::string head = kChunked;
  return {{head + "5\r\nhello\r\n5;", std::string(4096, 'x')},
          {head + "5\r\nhello\r\n5", std::string(4096, ' ')},
          {head + "5\r\nhello\r\n5;", "a=\"b\";"},
          // Each chunk is one byte, and its extension is not.
          {head, "1;" + std::string(60'000, 'x') + "\r\nh\r\n"}};
}

TEST_F(NetworkFetcherFramingTest, AChunkLineWithoutAnEndEndsTheBody) {
  for (const Row& row : endlessAnswers()) {
    Upstream upstream(endless(row.begin, row.piece));
    auto got = outcome(request(upstream.port()));
    auto* begun = std::get_if<FetchedResponse>(&got);
    ASSERT_NE(begun, nullptr) << std::get<EgressError>(got).message;
    std::string body = bodyOf(*begun);
    EXPECT_NE(body.find(kTooMuch), std::string::npos) << body.substr(0, 200);
    fetcher_ = nullptr;
  }
}

TEST_F(NetworkFetcherFramingTest, NobodyHasToReadTheBodyForThat) {
  Upstream upstream(endless(std::string(kChunked) + "5\r\nhello\r\n5;", std::string(4096, 'x')));
  FetchedResponse unread = response(request(upstream.port()));
  runUntil([this]() { return over_.load(); });
  EXPECT_NE(bodyOf(unread).find(kTooMuch), std::string::npos);
}

TEST_F(NetworkFetcherFramingTest, NorDoesTheBodyHaveToBegin) {
  Upstream upstream(endless(std::string(kChunked) + "5;", std::string(4096, 'x')));
  FetchedResponse unread = response(request(upstream.port()));
  EXPECT_NE(bodyOf(unread).find(kTooMuch), std::string::npos);
}

TEST_F(NetworkFetcherFramingTest, ItIsSoOverTls) {
  Upstream upstream(endless(std::string(kChunked) + "5\r\nhello\r\n5;", std::string(4096, 'x')),
                    server_.get());
  FetchedResponse got = response(secure(upstream.port()));
  EXPECT_NE(bodyOf(got).find(kTooMuch), std::string::npos);
}

TEST_F(NetworkFetcherFramingTest, FramesThatAreNoBodyEndAnHttp2AnswerToo) {
  speakHttp2(server_.get());
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        http2.interim(*http2.next(), {{":status", "200"}});
        // Frames of a type that nobody knows are passed over (RFC 9113 4.1).
        std::string unknown("\x00\x40\x00\xbb\x00\x00\x00\x00\x00", 9);
        unknown += std::string(0x4000, 'x');
        while (peer.write(unknown)) {
        }
      },
      server_.get());
  FetchedResponse got = response(secure(upstream.port()));
  EXPECT_NE(bodyOf(got).find(kTooMuch), std::string::npos);
}

TEST_F(NetworkFetcherFramingTest, ABodyInTheSmallestChunksIsWhole) {
  constexpr int kBytes = 30'000;
  for (bool tls : {false, true}) {
    Upstream upstream(
        [](Peer& peer, int) {
          peer.readHead();
          peer.write(kChunked);
          std::string some;
          for (int i = 0; i < 100; ++i)
            some += "1\r\nx\r\n";
          for (int i = 0; i < kBytes / 100; ++i)
            peer.write(some);
          peer.write("0\r\n\r\n");
          peer.waitForEnd();
        },
        tls ? server_.get() : nullptr);
    FetchedResponse got = response(tls ? secure(upstream.port()) : request(upstream.port()));
    EXPECT_EQ(bodyOf(got), std::string(kBytes, 'x'));
    EXPECT_GT(counters_.piecePauses.exchange(0), 0u) << "it may keep the front end busy";
    fetcher_ = nullptr;
  }
}

TEST_F(NetworkFetcherFramingTest, ABodyInPiecesOfSomeSizeIsNeverHeldUp) {
  constexpr int kChunks = 30'000;
  const std::string chunk = "40\r\n" + std::string(64, 'x') + "\r\n";
  Upstream upstream([&chunk](Peer& peer, int) {
    peer.readHead();
    peer.write(kChunked);
    for (int i = 0; i < kChunks; ++i)
      peer.write(chunk);
    peer.write("0\r\n\r\n");
    peer.waitForEnd();
  });
  FetchedResponse got = response(request(upstream.port()));
  EXPECT_EQ(bodyOf(got).size(), size_t{64} * kChunks);
  EXPECT_EQ(counters_.piecePauses.load(), 0u);
}

// Curl reads the connection on while it sends, and keeps what nobody takes.
TEST_F(NetworkFetcherFramingTest, ABodyThatIsNotReadWhileAnotherIsSentIsWhole) {
  static constexpr size_t kBytes = 8 << 20;
  speakHttp2(server_.get());
  Upstream upstream(
      [](Peer& peer, int) {
        Http2Peer http2(peer);
        auto* request = http2.next(false);
        http2.respond(*request, "200", {}, kBytes);
        http2.waitForEnd();
      },
      server_.get());
  auto asked = secure(upstream.port(), "POST");
  std::vector<std::string> pieces(kBytes / 32768, std::string(32768, 'u'));
  asked.body = streamOf(std::move(pieces));
  FetchedResponse got = response(kj::mv(asked));
  for (int i = 0; i < 200; ++i)
    loop_.run(loop_.timer().afterDelay(1 * kj::MILLISECONDS));
  EXPECT_EQ(bodyOf(got).size(), kBytes);
}

TEST_F(NetworkFetcherFramingTest, ALargeBodyThatIsReadSlowlyIsWhole) {
  constexpr size_t kBytes = 30 << 20;
  Upstream upstream(answering("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBytes) +
                              "\r\n\r\n" + std::string(kBytes, 'x')));
  FetchedResponse got = response(request(upstream.port()));
  ByteReader reader(kj::mv(std::get<OutboundRequest::Stream>(got.body).source));
  size_t size = 0;
  for (bool end = false; !end;) {
    auto chunk = loop_.run(reader.read(10'000));
    size += chunk.bytes.size();
    end = chunk.end;
  }
  EXPECT_EQ(size, kBytes);
}

}  // namespace
}  // namespace nano
