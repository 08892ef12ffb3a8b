// Hostile cases U16, U17, U19 and U24: answers that are no HTTP, or that two readers could read in
// two ways.

#include "tests/hostile/upstream_world.h"

namespace nano::test {
namespace {

constexpr char kFine[] = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine";

// What an upstream sends, after which it closes.
struct BrokenAnswer {
  const char* name;  // Id first.
  std::string bytes;
};

void PrintTo(const BrokenAnswer& answer, std::ostream* out) { *out << answer.name; }

std::string nameOfAnswer(const testing::TestParamInfo<BrokenAnswer>& tested) {
  return tested.param.name;
}

std::string repeated(const std::string& piece, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; i++)
    all += piece;
  return all;
}

std::string withField(const std::string& field) {
  return "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n" + field + "\r\n\r\nfine";
}

std::string chunked(const std::string& body, const std::string& coding = "chunked") {
  return "HTTP/1.1 200 OK\r\ntransfer-encoding: " + coding + "\r\n\r\n" + body;
}

// The fetch or the reading of the body throws, whichever notices. The connection is not used again.
class UpstreamHeads : public UpstreamTest, public testing::WithParamInterface<BrokenAnswer> {};

TEST_P(UpstreamHeads, IsAnErrorAndTheConnectionGoes) {
  const BrokenAnswer& broken = GetParam();
  UpstreamServer server;
  server.on("/broken", [&broken](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(broken.bytes);
    connection.endSending();
    connection.awaitEnd();
  });
  server.answer("/", "HTTP/1.1 200 OK\r\n", "right");
  const std::string app = nextNameOf("u" + std::string(broken.name).substr(1, 2));
  deployFetcher(app);
  EXPECT_TRUE(isText(fetchBy(app, server.url(kUpstream)), "right"));
  EXPECT_TRUE(threw(fetchBy(app, server.url(kUpstream, "/broken"))));
  EXPECT_TRUE(isText(fetchBy(app, server.url(kUpstream)), "right"));
  auto requests = server.requests();
  // Tried again at most once.
  ASSERT_GE(requests.size(), 3u);
  EXPECT_LE(requests.size(), 4u);
  EXPECT_NE(requests.back().connection, requests[requests.size() - 2].connection);
}

using namespace std::string_literals;

INSTANTIATE_TEST_SUITE_P(
    StatusLines, UpstreamHeads,
    testing::Values(BrokenAnswer{"U17Nothing", ""}, BrokenAnswer{"U17Text", "hello\r\n\r\n"},
                    BrokenAnswer{"U17Http09", "<html>an answer of 1991</html>"},
                    BrokenAnswer{"U17Zeros", std::string(1000, '\0')},
                    BrokenAnswer{"U17HalfAStatusLine", "HTTP/1.1 20"},
                    BrokenAnswer{"U17HalfAHead", "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n"},
                    BrokenAnswer{"U17NoNumber", "HTTP/1.1 abc OK\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17Status99", "HTTP/1.1 99 OK\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17Status1000", "HTTP/1.1 1000 OK\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17Status000", "HTTP/1.1 000 OK\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17Version9", "HTTP/9.9 200 OK\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17Version2InText", "HTTP/2 200 OK\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17SpaceBefore", " HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17Icy", "ICY 200 OK\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17ControlInReason",
                                 "HTTP/1.1 200 O\x01K\r\ncontent-length: 0\r\n\r\n"},
                    BrokenAnswer{"U17SwitchingProtocols",
                                 "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"},
                    BrokenAnswer{"U17ARequest", "GET / HTTP/1.1\r\nhost: up.test\r\n\r\n"}),
    nameOfAnswer);

INSTANTIATE_TEST_SUITE_P(
    Fields, UpstreamHeads,
    testing::Values(
        BrokenAnswer{"U17NoColon", withField("no colon")},
        BrokenAnswer{"U17NoName", withField(": value")},
        BrokenAnswer{"U17SpaceBeforeTheColon", withField("x-a : 1")},
        BrokenAnswer{"U17SpaceInTheName", withField("x a: 1")},
        BrokenAnswer{"U17FoldedLine", withField("x-a: 1\r\n 2")},
        BrokenAnswer{"U17ZeroInAValue", withField("x-a: 1\0002"s)},
        BrokenAnswer{"U17ZeroInAName", withField("x\0a: 1"s)},
        BrokenAnswer{"U17BareCrInAValue", withField("x-a: 1\rx-b: 2")},
        BrokenAnswer{"U24EndlessLine", withField("x-a: " + std::string(1 << 20, 'x'))},
        BrokenAnswer{
            "U24LargeHead",
            withField(repeated("x-a: " + std::string(1000, 'x') + "\r\n", 140) + "x-b: 1")},
        BrokenAnswer{"U24ManyFields", withField(repeated("x-a: 1\r\n", 1000) + "x-b: 1")}),
    nameOfAnswer);

INSTANTIATE_TEST_SUITE_P(
    Framing, UpstreamHeads,
    testing::Values(
        BrokenAnswer{"U19TwoLengths", withField("content-length: 5")},
        BrokenAnswer{"U19LengthAndChunks",
                     chunked("4\r\nfine\r\n0\r\n\r\n", "chunked\r\ncontent-length: 4")},
        BrokenAnswer{"U19ListOfLengths", "HTTP/1.1 200 OK\r\ncontent-length: 4, 5\r\n\r\nfine!"},
        BrokenAnswer{"U19NegativeLength", "HTTP/1.1 200 OK\r\ncontent-length: -4\r\n\r\nfine"},
        BrokenAnswer{"U19SignedLength", "HTTP/1.1 200 OK\r\ncontent-length: +4\r\n\r\nfine"},
        BrokenAnswer{"U19HexLength", "HTTP/1.1 200 OK\r\ncontent-length: 0x4\r\n\r\nfine"},
        BrokenAnswer{"U19EmptyLength", "HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\nfine"},
        BrokenAnswer{"U19LengthOf2To64",
                     "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551620\r\n\r\nfine"},
        BrokenAnswer{"U19EarlyClose", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfine"},
        BrokenAnswer{"U19CodingOfOurOwn", chunked("4\r\nfine\r\n0\r\n\r\n", "gzip, chunked")},
        BrokenAnswer{"U19ChunkedTwice", chunked("4\r\nfine\r\n0\r\n\r\n", "chunked, chunked")},
        BrokenAnswer{"U19ChunkedInTwoLines",
                     chunked("4\r\nfine\r\n0\r\n\r\n", "chunked\r\ntransfer-encoding: chunked")},
        BrokenAnswer{"U19ChunkedInHttp10",
                     "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n"},
        BrokenAnswer{"U19CodingWithABlank", chunked("4\r\nfine\r\n0\r\n\r\n", "chunked\x0b")}),
    nameOfAnswer);

INSTANTIATE_TEST_SUITE_P(
    Chunks, UpstreamHeads,
    testing::Values(BrokenAnswer{"U19NoChunks", chunked("")},
                    BrokenAnswer{"U19ChunkSizeIsText", chunked("zz\r\nfine\r\n0\r\n\r\n")},
                    BrokenAnswer{"U19ChunkSizeIsNegative", chunked("-4\r\nfine\r\n0\r\n\r\n")},
                    BrokenAnswer{"U19ChunkSizeIs2To68",
                                 chunked("10000000000000004\r\nfine\r\n0\r\n\r\n")},
                    BrokenAnswer{"U19ChunkIsLonger", chunked("4\r\nfine!\r\n0\r\n\r\n")},
                    BrokenAnswer{"U19CloseInAChunk", chunked("8\r\nfine")},
                    BrokenAnswer{"U19NoLastChunk", chunked("4\r\nfine\r\n")},
                    BrokenAnswer{"U19NoEndAfterTheLastChunk", chunked("4\r\nfine\r\n0\r\n")}),
    nameOfAnswer);

using UpstreamEndless = UpstreamTest;

TEST_F(UpstreamEndless, U16EightInterimAnswersAreTakenAndNotMore) {
  UpstreamServer server;
  const std::string hint = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
  server.on("/8", [&hint](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(repeated(hint, 8) + kFine);
  });
  server.on("/9", [&hint](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(repeated(hint, 9) + kFine);
  });
  server.on("/endless", [&hint](UpstreamConnection& connection, UpstreamRequest&) {
    connection.sendAgainAndAgain(hint);
  });
  deployFetcher("u16");
  EXPECT_TRUE(isText(fetchBy("u16", server.url(kUpstream, "/8")), "fine"));
  EXPECT_TRUE(threw(fetchBy("u16", server.url(kUpstream, "/9"))));
  EXPECT_TRUE(threw(fetchBy("u16", server.url(kUpstream, "/endless"))));
  EXPECT_TRUE(isText(fetchBy("u16", server.url(kUpstream, "/8")), "fine"));
}

TEST_F(UpstreamEndless, U24AMillionCookies) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n");
    connection.sendAgainAndAgain(repeated("set-cookie: a=b\r\n", 1000), 1000);
    connection.send("\r\nfine");
  });
  deployFetcher("u24");
  EXPECT_TRUE(threw(fetchBy("u24", server.url(kUpstream))));
}

TEST_F(UpstreamEndless, U24ALineWithoutAnEnd) {
  UpstreamServer server;
  server.on("/name", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send("HTTP/1.1 200 OK\r\nx-");
    connection.sendAgainAndAgain(std::string(1 << 16, 'x'));
  });
  server.on("/status", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send("HTTP/1.1 200 ");
    connection.sendAgainAndAgain(std::string(1 << 16, 'x'));
  });
  server.on("/nothing", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.sendAgainAndAgain(std::string(1 << 16, '\n'));
  });
  server.on("/trailers", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(chunked("4\r\nfine\r\n0\r\n"));
    connection.sendAgainAndAgain(repeated("x-a: 1\r\n", 10000));
  });
  deployFetcher("u24");
  for (const char* path : {"/name", "/status", "/nothing", "/trailers"})
    EXPECT_TRUE(threw(fetchBy("u24", server.url(kUpstream, path)))) << path;
}

// Of such a line nothing is kept, and it does not wait for who reads the body.
TEST_F(UpstreamEndless, U24AChunksLineWithoutAnEndEndsTheAnswer) {
  UpstreamServer server;
  server.on("/begin", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(chunked("4;x="));
    connection.sendAgainAndAgain(std::string(1 << 16, 'x'));
  });
  server.on("/later", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(chunked("4\r\nfine\r\n4;x="));
    connection.sendAgainAndAgain(std::string(1 << 16, 'x'));
  });
  deployFetcher("u24");
  for (const char* path : {"/begin", "/later"})
    EXPECT_TRUE(threw(fetchBy("u24", server.url(kUpstream, path)))) << path;
  fetchBy("u24", server.url(kUpstream, "/later"), {{"read", false}});
  EXPECT_TRUE(eventually([&server] { return server.openConnections() == 0; }));
}

}  // namespace
}  // namespace nano::test
