#include "supervisor/egress/upstream_head.h"

#include <gtest/gtest.h>

#include "protocol/limits.h"

namespace nano {
namespace {

using Line = UpstreamHead::Line;
using Versions = UpstreamHead::Versions;

// Hands over the lines of `text` one by one, as curl does; how the last one was taken.
Line read(UpstreamHead& head, std::string_view text) {
  Line last = Line::kMore;
  while (!text.empty() && last == Line::kMore) {
    size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    last = head.add(text.substr(0, end));
    text.remove_prefix(end);
  }
  return last;
}

std::string problemOf(std::string_view text, Versions versions = Versions::k1) {
  UpstreamHead head(versions);
  return read(head, text) == Line::kBroken ? head.problem() : "none";
}

std::string fieldOf(UpstreamHead& head, std::string_view name) {
  for (auto& [each, value] : head.fields()) {
    if (each == name) return value;
  }
  return "none";
}

TEST(UpstreamHeadTest, ReadsStatusReasonAndFields) {
  UpstreamHead head(Versions::k1);
  EXPECT_EQ(read(head, "HTTP/1.1 404 Not \xe4 Found\r\nX-One:  1 \r\nContent-Length: 12\r\n\r\n"),
            Line::kComplete);
  EXPECT_EQ(head.status(), 404);
  EXPECT_EQ(head.reason(), "Not \xe4 Found");
  EXPECT_EQ(fieldOf(head, "x-one"), "1");
  EXPECT_EQ(head.contentLength(), 12u);
  EXPECT_TRUE(head.hasBody());
}

TEST(UpstreamHeadTest, TakesLinesThatEndInLineFeedAlone) {
  EXPECT_EQ(problemOf("HTTP/1.1 200 OK\nA: b\n\n"), "none");
}

TEST(UpstreamHeadTest, TakesAStatusLineWithoutAReason) {
  UpstreamHead head(Versions::k1);
  EXPECT_EQ(read(head, "HTTP/1.1 200\r\n\r\n"), Line::kComplete);
  EXPECT_EQ(head.reason(), "");
}

TEST(UpstreamHeadTest, KeepsEachSetCookie) {
  UpstreamHead head(Versions::k1);
  read(head, "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n");
  ASSERT_EQ(head.fields().size(), 2u);
  EXPECT_EQ(head.fields()[1].second, "b=2");
}

TEST(UpstreamHeadTest, DropsWhatIsForThisHopAlone) {
  UpstreamHead head(Versions::k1);
  read(head,
       "HTTP/1.1 200 OK\r\nConnection: close, X-Mine\r\nKeep-Alive: 5\r\nX-Mine: stays\r\n"
       "Proxy-Authenticate: Basic\r\nProxy-Connection: close\r\nTE: a\r\nTrailer: x\r\n"
       "Transfer-Encoding: chunked\r\nUpgrade: h2c\r\nProxy-Status: p\r\n\r\n");
  ASSERT_EQ(head.fields().size(), 2u);
  EXPECT_EQ(fieldOf(head, "x-mine"), "stays");
  EXPECT_EQ(fieldOf(head, "proxy-status"), "p");
}

TEST(UpstreamHeadTest, HasNoBodyAfter204And304) {
  for (const char* status : {"204", "304"}) {
    UpstreamHead head(Versions::k1);
    read(head, std::string("HTTP/1.1 ") + status + " X\r\nContent-Length: 5\r\n\r\n");
    EXPECT_FALSE(head.hasBody()) << status;
  }
}

TEST(UpstreamHeadTest, PassesOverInterimResponses) {
  UpstreamHead head(Versions::k1);
  EXPECT_EQ(read(head,
                 "HTTP/1.1 103 Hints\r\nLink: x\r\nContent-Length: 1\r\n\r\n"
                 "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"),
            Line::kComplete);
  EXPECT_EQ(head.status(), 200);
  EXPECT_EQ(head.fields().size(), 1u);
  EXPECT_EQ(head.contentLength(), std::nullopt);
}

TEST(UpstreamHeadTest, EndsAnEndlessRowOfInterimResponses) {
  std::string eight;
  for (int i = 0; i < 8; ++i)
    eight += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(problemOf(eight + "HTTP/1.1 200 OK\r\n\r\n"), "none");
  EXPECT_EQ(problemOf(eight + "HTTP/1.1 100 Continue\r\n\r\n"),
            "more than 8 interim responses came before it");
}

TEST(UpstreamHeadTest, RefusesAChangeOfProtocol) {
  EXPECT_NE(problemOf("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n"), "none");
}

TEST(UpstreamHeadTest, RefusesWhatIsNoStatusLine) {
  for (const char* line : {"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 200OK", "HTTP/1.1  200",
                           "HTTP/1.2 200 OK", "HTTP/3 200 ", "http/1.1 200 OK", " HTTP/1.1 200 OK",
                           "HTTP/1.1 099 X", "HTTP/1.1 -20 X", "ICY 200 OK", "HTTP 200", ""}) {
    EXPECT_NE(problemOf(std::string(line) + "\r\n\r\n"), "none") << line;
  }
}

TEST(UpstreamHeadTest, TakesHttp2OnlyWhereItCanBeSpoken) {
  EXPECT_EQ(problemOf("HTTP/2 200 \r\n\r\n", Versions::k1And2), "none");
  EXPECT_NE(problemOf("HTTP/2 200 \r\n\r\n", Versions::k1), "none");
}

TEST(UpstreamHeadTest, RefusesFieldsThatCouldBeReadInTwoWays) {
  const std::string begin = "HTTP/1.1 200 OK\r\n";
  const std::string nul("A: b\0c\r\n\r\n", 10);
  for (const std::string& field :
       {std::string("A: b\r\n folded\r\n\r\n"), std::string("\tA: b\r\n\r\n"), nul,
        std::string("A: b\rc\r\n\r\n"), std::string("A: b\x01\r\n\r\n"),
        std::string("A : b\r\n\r\n"), std::string(": b\r\n\r\n"), std::string("no colon\r\n\r\n"),
        std::string("A\x80: b\r\n\r\n"), std::string("A(: b\r\n\r\n")}) {
    EXPECT_NE(problemOf(begin + field), "none") << field;
  }
  EXPECT_EQ(problemOf(begin + "A: \xe4\t b\r\nEmpty:\r\n\r\n"), "none");
}

TEST(UpstreamHeadTest, RefusesTwoFramings) {
  const std::string begin = "HTTP/1.1 200 OK\r\n";
  for (const char* framing :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5, 5\r\n",
        "Content-Length: -1\r\n", "Content-Length: +1\r\n", "Content-Length: 0x5\r\n",
        "Content-Length: \r\n", "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 9300000000000000000\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\n", "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
    EXPECT_NE(problemOf(begin + framing + "\r\n"), "none") << framing;
  }
  EXPECT_NE(problemOf("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), "none");
}

TEST(UpstreamHeadTest, TakesTheSameLengthTwiceAsOne) {
  UpstreamHead head(Versions::k1);
  EXPECT_EQ(read(head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n"),
            Line::kComplete);
  EXPECT_EQ(head.contentLength(), 5u);
  EXPECT_EQ(head.fields().size(), 2u);
}

TEST(UpstreamHeadTest, BoundsBytesAndFields) {
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (size_t i = 0; i < kMaxUpstreamHeaders; ++i)
    many += "Set-Cookie: a\r\n";
  EXPECT_EQ(problemOf(many + "\r\n"), "none");
  EXPECT_EQ(problemOf(many + "A: b\r\n\r\n"), "it has more than 256 fields");
  std::string large = "HTTP/1.1 200 OK\r\nA: " + std::string(kMaxUpstreamHeaderBytes, 'x');
  EXPECT_EQ(problemOf(large + "\r\n\r\n"), "its head is larger than 128 KiB");
}

TEST(UpstreamHeadTest, CountsTheBytesOfInterimResponsesToo) {
  std::string block = "HTTP/1.1 103 X\r\nA: " + std::string(kMaxUpstreamHeaderBytes / 4, 'x');
  std::string five;
  for (int i = 0; i < 5; ++i)
    five += block + "\r\n\r\n";
  EXPECT_EQ(problemOf(five), "its head is larger than 128 KiB");
}

}  // namespace
}  // namespace nano
