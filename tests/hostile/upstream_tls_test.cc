// Hostile case U25, and what an upstream may try with TLS: certificates that prove nothing, and
// HTTP/2 frame by frame.

#include "tests/hostile/upstream_world.h"

namespace nano::test {
namespace {

using UpstreamTls = UpstreamTest;

constexpr char kRight[] = "HTTP/1.1 200 OK\r\n";

TEST_F(UpstreamTls, OnlyACertificateForTheNameIsTaken) {
  auto other = authority().issue({"other.test", "127.0.0.1"});
  auto over = authority().issue({kUpstream}, TestAuthority::Validity::kOver);
  TestAuthority stranger;
  auto strange = stranger.issue({kUpstream});
  deployFetcher("u25b");
  for (auto* bad : {&other, &over, &strange}) {
    UpstreamServer server({.identity = bad});
    server.answer("/", kRight, "evil");
    EXPECT_TRUE(threw(fetchBy("u25b", server.url(kUpstream)), "TLS"));
    EXPECT_TRUE(server.requests().empty()) << "it was sent a request";
  }
  UpstreamServer server({.identity = &identity()});
  server.answer("/", kRight, "right");
  EXPECT_TRUE(isText(fetchBy("u25b", server.url(kUpstream)), "right"));
}

TEST_F(UpstreamTls, APortThatDoesNotSpeakTlsIsAnError) {
  UpstreamServer server;
  server.onConnection([](UpstreamConnection& connection) {
    connection.readBytes(1);
    connection.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    connection.close();
  });
  deployFetcher("u25b");
  std::string url = server.url(kUpstream);
  EXPECT_TRUE(threw(fetchBy("u25b", "https" + url.substr(url.find(':')))));
}

// HTTP/2 frames (RFC 9113 4.1), written by hand.
enum class Frame : uint8_t {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9
};

std::string number(uint32_t value, size_t bytes) {
  std::string result;
  for (size_t i = bytes; i > 0; i--)
    result += static_cast<char>(value >> (8 * (i - 1)));
  return result;
}

std::string frame(Frame type, uint8_t flags, uint32_t stream, const std::string& payload) {
  return number(static_cast<uint32_t>(payload.size()), 3) + static_cast<char>(type) +
         static_cast<char>(flags) + number(stream, 4) + payload;
}

constexpr uint8_t kEndStream = 1;
constexpr uint8_t kEndHeaders = 4;
// ":status: 200" of HPACK's static table.
const std::string kStatus200 = "\x88";

std::string settings(uint16_t id, uint32_t value) {
  return frame(Frame::kSettings, 0, 0, number(id, 2) + number(value, 4));
}

std::string answerOn(uint32_t stream, const std::string& body) {
  return frame(Frame::kHeaders, kEndHeaders, stream, kStatus200) +
         frame(Frame::kData, kEndStream, stream, body);
}

// A connection up to the point where its peer has sent its preface and, most likely, a request.
void greet(UpstreamConnection& connection, const std::string& ownSettings) {
  connection.send(ownSettings);
  std::string all;
  // The preface, its SETTINGS and a HEADERS frame: some 100 bytes.
  while (connection.isOpen() && all.size() < 64)
    all += connection.readBytes(1);
}

class UpstreamHttp2 : public UpstreamTest {
 protected:
  ~UpstreamHttp2() noexcept override {}

  // A server that greets, and then goes by the script.
  void serve(const std::string& ownSettings,
             const std::function<void(UpstreamConnection&)>& script) {
    server_.onConnection([ownSettings, script](UpstreamConnection& connection) {
      greet(connection, ownSettings);
      script(connection);
      connection.awaitEnd();
    });
  }
  void serve(const std::function<void(UpstreamConnection&)>& script) {
    serve(frame(Frame::kSettings, 0, 0, ""), script);
  }
  nlohmann::json fetch(const nlohmann::json& request = nlohmann::json::object()) {
    return fetchBy(app_, server_.url(kUpstream), request);
  }
  // It ended in an error of its own or at the wall limit, and the app goes on.
  void expectStopped(const nlohmann::json& fetched) {
    EXPECT_TRUE(fetched.value("nanod", 0) == 504 || threw(fetched)) << fetched;
    EXPECT_TRUE(answersAgain(app_));
  }

  const std::string app_ = nextNameOf("u25");
  UpstreamServer server_{{.identity = &identity(), .protocol = "h2"}};
};

TEST_F(UpstreamHttp2, U25AnAnswerByHandIsAnAnswer) {
  deployFetcher(app_);
  serve([](UpstreamConnection& connection) { connection.send(answerOn(1, "two")); });
  EXPECT_TRUE(isText(fetch(), "two"));
}

TEST_F(UpstreamHttp2, U25APushIsNotTaken) {
  deployFetcher(app_);
  serve([](UpstreamConnection& connection) {
    connection.send(frame(Frame::kPushPromise, kEndHeaders, 1,
                          number(2, 4) + "\x82\x84\x86\x41\x07" + "up.test") +
                    answerOn(2, "pushed") + answerOn(1, "two"));
  });
  auto fetched = fetch();
  EXPECT_TRUE(fetched.value("text", "") == "two" || threw(fetched)) << fetched;
}

TEST_F(UpstreamHttp2, U25AGoAwayAtOnceIsAnErrorAndNoStorm) {
  deployFetcher(app_);
  serve([](UpstreamConnection& connection) {
    connection.send(frame(Frame::kGoAway, 0, 0, number(0, 4) + number(0, 4)));
  });
  expectStopped(fetch());
  EXPECT_LE(server_.connections(), 5u);
}

TEST_F(UpstreamHttp2, U25AWindowOfNothingEndsWithTheRequest) {
  deployFetcher(app_);
  serve(settings(4, 0), [](UpstreamConnection&) {});
  expectStopped(fetch({{"init", {{"method", "POST"}}}, {"upload", 100}}));
}

TEST_F(UpstreamHttp2, U25FloodsOfControlFramesAreAnError) {
  deployFetcher(app_);
  for (const std::string& one :
       {settings(4, 65535), frame(Frame::kPing, 0, 0, std::string(8, 'x')),
        frame(Frame::kWindowUpdate, 0, 0, number(0x7fffffff, 4)),
        frame(Frame::kReset, 0, 1, number(8, 4)), frame(Frame::kData, 0, 1, ""),
        frame(Frame::kHeaders, kEndHeaders, 1, kStatus200)}) {
    std::string many;
    for (int i = 0; i < 1000; i++)
      many += one;
    // Never reads, so that what is owed to it piles up.
    serve([&many](UpstreamConnection& connection) {
      connection.sendAgainAndAgain(many, 1000);
      connection.hold();
    });
    expectStopped(fetch());
    server_.release();
  }
}

TEST_F(UpstreamHttp2, U25AHeadWithoutAnEndIsAnError) {
  deployFetcher(app_);
  // "x-a: 1", not indexed, again and again.
  std::string field(
      "\x00\x03x-a\x01"
      "1",
      7);
  std::string fields;
  while (fields.size() < 16000)
    fields += field;
  serve([&fields](UpstreamConnection& connection) {
    connection.send(frame(Frame::kHeaders, 0, 1, kStatus200));
    connection.sendAgainAndAgain(frame(Frame::kContinuation, 0, 1, fields));
  });
  expectStopped(fetch());
  serve([](UpstreamConnection& connection) {
    connection.send(frame(Frame::kHeaders, 0, 1, kStatus200));
    connection.sendAgainAndAgain(frame(Frame::kContinuation, 0, 1, ""));
  });
  expectStopped(fetch());
}

TEST_F(UpstreamHttp2, U25AnHpackBombIsAnError) {
  deployFetcher(app_);
  // One field of 4000 bytes put into the dynamic table, and then named by a byte each time.
  std::string bomb = kStatus200 + std::string("\x40\x01x\x7f\xa1\x1e", 6) + std::string(4000, 'y') +
                     std::string(12000, '\xbe');
  serve([&bomb](UpstreamConnection& connection) {
    connection.send(frame(Frame::kHeaders, kEndHeaders | kEndStream, 1, bomb));
  });
  expectStopped(fetch());
}

TEST_F(UpstreamHttp2, U25BrokenFramesAreAnError) {
  deployFetcher(app_);
  const std::string http1 = std::string(kRight) + "content-length: 4\r\n\r\nevil";
  // Another status, upper case, a line end in a value.
  const std::string badField(
      "\x88\x00\x03X-A\x01"
      "1",
      8);
  const std::string splitField(
      "\x88\x00\x01x\x04"
      "a\r\nb",
      9);
  for (const std::string& bytes :
       {http1, std::string(100, '\xff'), frame(Frame::kData, kEndStream, 1, "evil"),
        frame(Frame::kHeaders, kEndHeaders, 3, kStatus200),
        frame(Frame::kHeaders, kEndHeaders | kEndStream, 1, ""),
        frame(Frame::kHeaders, kEndHeaders | kEndStream, 1, badField),
        frame(Frame::kHeaders, kEndHeaders | kEndStream, 1, splitField),
        frame(Frame::kHeaders, kEndHeaders, 1, kStatus200) +
            frame(Frame::kReset, 0, 1, number(2, 4)),
        number(0xffffff, 3) + std::string(6, '\0')}) {
    serve([&bytes](UpstreamConnection& connection) {
      connection.send(bytes);
      connection.endSending();
    });
    expectStopped(fetch());
  }
}

}  // namespace
}  // namespace nano::test
