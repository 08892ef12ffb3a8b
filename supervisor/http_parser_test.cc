#include "supervisor/http_parser.h"

#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

using Progress = HttpParser::Progress;

class HttpParserTest : public ::testing::Test {
 protected:
  // The text stays here, where the head's views point.
  Progress parse(std::string text) {
    text_ = std::move(text);
    parser_.reset();
    return parser_.parse(text_);
  }
  std::string_view field(std::string_view name) {
    for (const HttpField& field : parser_.head().fields) {
      if (field.name == name) return field.value;
    }
    return "(absent)";
  }
  const RequestHead& head() { return parser_.head(); }

  HttpLimits limits_;
  HttpParser parser_{limits_};
  std::string text_;
};

TEST_F(HttpParserTest, SplitsARequestIntoItsParts) {
  std::string text =
      "GET /a/b?c=d HTTP/1.1\r\nHost: Shop.Example:8080\r\nX-Mixed-Case:  some  Value \t\r\n"
      "Empty:\r\n\r\n";
  ASSERT_EQ(parse(text + "following"), Progress::kReady);
  EXPECT_EQ(parser_.headBytes(), text.size());
  EXPECT_EQ(head().method, "GET");
  EXPECT_EQ(head().target, "/a/b?c=d");
  EXPECT_EQ(head().scheme, "http");
  EXPECT_EQ(head().authority, "shop.example:8080");
  ASSERT_EQ(head().fields.size(), 3u);
  EXPECT_EQ(field("host"), "shop.example:8080");
  EXPECT_EQ(field("x-mixed-case"), "some  Value");
  EXPECT_EQ(field("empty"), "");
  EXPECT_FALSE(parser_.isForServer());
}

TEST_F(HttpParserTest, CopiesNothing) {
  ASSERT_EQ(parse("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"), Progress::kReady);
  auto within = [this](std::string_view view) {
    return view.data() >= text_.data() && view.data() < text_.data() + text_.size();
  };
  EXPECT_TRUE(within(head().method));
  EXPECT_TRUE(within(head().target));
  EXPECT_TRUE(within(head().authority));
  EXPECT_TRUE(within(head().fields[0].name));
}

TEST_F(HttpParserTest, NeedsEveryByteOfTheHead) {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (size_t size = 0; size < text.size(); size++) {
    EXPECT_EQ(parse(text.substr(0, size)), Progress::kMore) << size;
  }
  EXPECT_EQ(parse(text), Progress::kReady);
}

TEST_F(HttpParserTest, GoesOnWhereTheBytesHaveMovedTo) {
  std::string text = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
  for (size_t size = 0; size < text.size(); size++) {
    std::string first = text.substr(0, size);
    std::string whole = text;
    parser_.reset();
    ASSERT_EQ(parser_.parse(first), Progress::kMore);
    ASSERT_EQ(parser_.parse(whole), Progress::kReady) << size;
    EXPECT_EQ(head().target, "/x");
    EXPECT_EQ(parser_.framing().length, 3u);
  }
}

TEST_F(HttpParserTest, ToleratesOneBlankLineBeforeTheRequest) {
  ASSERT_EQ(parse("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), Progress::kReady);
  EXPECT_EQ(head().method, "GET");
  EXPECT_EQ(parser_.headBytes(), text_.size());
}

TEST_F(HttpParserTest, RemovesWhatIsOnlyForThisHopAndNothingThatIsNominated) {
  ASSERT_EQ(
      parse("GET / HTTP/1.1\r\nConnection: close, Authorization, x-auth\r\nHost: a\r\n"
            "Keep-Alive: 5\r\nProxy-Connection: x\r\nTE: trailers\r\nTrailer: y\r\n"
            "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nAuthorization: me\r\nX-Auth: 1\r\n\r\n"),
      Progress::kReady);
  ASSERT_EQ(head().fields.size(), 3u);
  EXPECT_EQ(head().fields[0].name, "host");
  EXPECT_EQ(field("authorization"), "me");
  EXPECT_EQ(field("x-auth"), "1");
  EXPECT_EQ(parser_.framing().connection, RequestFraming::Connection::kClose);
}

TEST_F(HttpParserTest, IgnoresAnOfferToUpgrade) {
  ASSERT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
            Progress::kReady);
  EXPECT_EQ(head().fields.size(), 1u);
}

TEST_F(HttpParserTest, ReadsHowTheBodyIsFramed) {
  ASSERT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n"),
            Progress::kReady);
  EXPECT_EQ(parser_.framing().body, RequestFraming::Body::kLength);
  EXPECT_EQ(parser_.framing().length, 9223372036854775807u);
  EXPECT_EQ(field("content-length"), "9223372036854775807");

  ASSERT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:CHUNKED\r\n\r\n"),
            Progress::kReady);
  EXPECT_EQ(parser_.framing().body, RequestFraming::Body::kChunked);
  EXPECT_EQ(field("transfer-encoding"), "(absent)");

  ASSERT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Progress::kReady);
  EXPECT_EQ(parser_.framing().body, RequestFraming::Body::kNone);
}

TEST_F(HttpParserTest, KnowsWhenAConnectionStaysOpen) {
  using Connection = RequestFraming::Connection;
  auto connection = [this](std::string text) {
    EXPECT_EQ(parse(std::move(text)), Progress::kReady);
    return parser_.framing().connection;
  };
  EXPECT_EQ(connection("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Connection::kKeepAlive);
  EXPECT_EQ(connection("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n"),
            Connection::kClose);
  EXPECT_EQ(connection("GET / HTTP/1.0\r\n\r\n"), Connection::kClose);
  EXPECT_EQ(connection("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), Connection::kKeepAlive);
  EXPECT_EQ(connection("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                       "Connection: keep-alive\r\n\r\n"),
            Connection::kClose);
}

TEST_F(HttpParserTest, LeavesOutTheHostForOldClientsOnly) {
  ASSERT_EQ(parse("GET / HTTP/1.0\r\n\r\n"), Progress::kReady);
  EXPECT_EQ(head().authority, "");
  EXPECT_EQ(parser_.framing().version, HttpVersion::k10);
}

TEST_F(HttpParserTest, PrefersTheAuthorityOfAnAbsoluteTargetToHost) {
  struct {
    const char* target;
    const char* authority;
    const char* path;
  } cases[] = {
      {"http://Good.Example/p?q", "good.example", "/p?q"},
      {"HTTP://good:81/", "good:81", "/"},
      {"http://good", "good", "/"},
      {"http://good?q=/x", "good", "/?q=/x"},
      {"http://[::1]:80/", "[::1]:80", "/"},
  };
  for (auto& c : cases) {
    ASSERT_EQ(parse(std::string("GET ") + c.target + " HTTP/1.1\r\nHost: bad\r\n\r\n"),
              Progress::kReady)
        << c.target;
    EXPECT_EQ(head().authority, c.authority);
    EXPECT_EQ(head().target, c.path);
    EXPECT_EQ(field("host"), c.authority);
  }
}

TEST_F(HttpParserTest, PassesPathsOnAsTheyAre) {
  for (std::string target : {"//", "/../a", "/%2e%2e/", "/%00", "/%zz", "/\xc3\xa9", "/a|b{}\"<>^`",
                             "/?a=[1]&b='", "//evil.example/"}) {
    ASSERT_EQ(parse("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), Progress::kReady) << target;
    EXPECT_EQ(head().target, target);
    EXPECT_EQ(head().authority, "a");
  }
}

TEST_F(HttpParserTest, TellsARequestToTheServerItself) {
  ASSERT_EQ(parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), Progress::kReady);
  EXPECT_TRUE(parser_.isForServer());
}

TEST_F(HttpParserTest, ReadsWhatTheClientExpects) {
  ASSERT_EQ(parse("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"),
            Progress::kReady);
  EXPECT_EQ(parser_.framing().expect, RequestFraming::Expect::kContinue);
  EXPECT_EQ(field("expect"), "(absent)");
  ASSERT_EQ(parse("PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"),
            Progress::kReady);
  EXPECT_EQ(parser_.framing().expect, RequestFraming::Expect::kNothing);
}

TEST_F(HttpParserTest, CountsTheHopsOfARequestThatComesInAgain) {
  ASSERT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\nCDN-Loop: nano; hops=3\r\n"
                  "CDN-Loop: other, nano; hops=2\r\n\r\n"),
            Progress::kReady);
  EXPECT_EQ(head().hops, 3);
  EXPECT_EQ(field("cdn-loop"), "nano; hops=3");
  ASSERT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Progress::kReady);
  EXPECT_EQ(head().hops, 0);
}

TEST_F(HttpParserTest, KeepsNamesWithUnderscoresApartFromThoseWithHyphens) {
  ASSERT_EQ(
      parse("POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 5\r\nTransfer_Encoding: x\r\n\r\n"),
      Progress::kReady);
  EXPECT_EQ(parser_.framing().body, RequestFraming::Body::kNone);
  EXPECT_EQ(field("content_length"), "5");
}

TEST_F(HttpParserTest, TakesHeadsUpToTheLimits) {
  std::string most =
      "GET /" + std::string(limits_.targetBytes - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n";
  for (size_t i = 1; i < limits_.headerCount; i++) {
    most += "A: " + std::string(300, 'v') + "\r\n";
  }
  ASSERT_EQ(parse(most + "\r\n"), Progress::kReady);
  EXPECT_EQ(head().fields.size(), limits_.headerCount);
  EXPECT_EQ(parse(most + "A: b\r\n\r\n"), Progress::kRefused);
  EXPECT_EQ(parser_.refusal(), 431);
}

}  // namespace
}  // namespace nano
