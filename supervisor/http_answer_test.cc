#include "supervisor/http_answer.h"

#include <string>

#include "supervisor/http_server_fixture.h"

namespace nano {
namespace {

// Answers in pieces, and what becomes of them when a side does not keep its word.
class HttpAnswerTest : public HttpServerFixture {
 protected:
  // Starts the server; the next request's exchange is then in exchange_.
  Client begin(std::string text = request()) {
    onRequest_ = [this](HttpExchange& exchange) { exchange_ = &exchange; };
    start();
    Client client = connect();
    client.send(text);
    runUntil([this] { return exchange_ != nullptr; });
    return client;
  }
  void write(std::string_view text) {
    writes_.push_back(exchange_->write(bytesOf(text)).eagerlyEvaluate([](kj::Exception&&) {}));
  }
  bool ready(kj::Promise<void>& promise) { return promise.poll(loop_.waitScope()); }

  HttpExchange* exchange_ = nullptr;
  std::vector<kj::Promise<void>> writes_;
};

TEST_F(HttpAnswerTest, IsChunkedWithoutALength) {
  Client client = begin();
  exchange_->start({}, std::nullopt);
  write("one");
  write("");
  write("twenty-six characters long");
  exchange_->end();
  EXPECT_EQ(client.readNow(),
            "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 07:00:00 GMT\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
            "3\r\none\r\n1a\r\ntwenty-six characters long\r\n0\r\n\r\n");
}

TEST_F(HttpAnswerTest, SendsEachPieceAtTheEndOfItsTurn) {
  Client client = begin();
  exchange_->start({}, 8);
  EXPECT_NE(client.readNow().find("Content-Length: 8\r\n\r\n"), std::string::npos);
  write("half");
  EXPECT_EQ(client.readNow(), "half");
  write("half");
  exchange_->end();
  EXPECT_EQ(client.readNow(), "half");
  EXPECT_TRUE(client.isOpen());
}

TEST_F(HttpAnswerTest, CarriesLargePiecesWhole) {
  Client client = begin();
  exchange_->start({}, std::nullopt);
  std::string body;
  for (char c : std::string("abcdef")) {
    std::string piece(300'000, c);
    body += piece;
    auto written = exchange_->write(bytesOf(piece));
    runUntil([&] {
      client.receivedSoFar();
      return ready(written);
    });
  }
  exchange_->end();
  EXPECT_TRUE(client.next().body == body);
}

TEST_F(HttpAnswerTest, CarriesALargeWholeBody) {
  Client client = begin(request() + request("/2"));
  std::string body(5'000'000, 'x');
  HttpExchange* first = std::exchange(exchange_, nullptr);
  first->respond({}, bytesOf(body));
  EXPECT_TRUE(client.next().body == body);
  runUntil([this] { return exchange_ != nullptr; });
  exchange_->respond({}, bytesOf("second"));
  EXPECT_EQ(client.next().body, "second");
}

TEST_F(HttpAnswerTest, HoldsTheWriterBackWhileTheClientDoesNotRead) {
  onRequest_ = [this](HttpExchange& exchange) { exchange_ = &exchange; };
  start();
  Client client = connectUnix();
  client.send(request());
  runUntil([this] { return exchange_ != nullptr; });
  exchange_->start({}, std::nullopt);
  std::string piece(50'000, 'x');
  size_t written = 0;
  kj::Promise<void> last = kj::READY_NOW;
  while (ready(last)) {
    last = exchange_->write(bytesOf(piece));
    written += piece.size();
    ASSERT_LT(written, 2'000'000u);
    run();
  }
  client.readNow();
  runUntil([&] {
    client.receivedSoFar();
    return ready(last);
  });
  exchange_->end();
}

TEST_F(HttpAnswerTest, IsBrokenOffVisiblyWhenAborted) {
  Client client = begin();
  exchange_->start({}, std::nullopt);
  write("some");
  run();
  exchange_->abort();
  EXPECT_EQ(client.waitForEnd(), Client::End::kReset);
  EXPECT_EQ(client.received().find("0\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(abandoned_.empty());
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(HttpAnswerTest, IsBrokenOffWhenItEndsShortOfItsLength) {
  Client client = begin();
  exchange_->start({}, 10);
  write("some");
  exchange_->end();
  EXPECT_EQ(client.waitForEnd(), Client::End::kReset);
  EXPECT_TRUE(abandoned_.empty());
}

TEST_F(HttpAnswerTest, IsBrokenOffWhenItExceedsItsLength) {
  Client client = begin();
  exchange_->start({}, 3);
  write("some");
  EXPECT_TRUE(abandoned_.empty()) << "not inside the handler's own call";
  client.waitForEnd();
  EXPECT_EQ(client.received().find("some"), std::string::npos);
  EXPECT_EQ(abandoned_, std::vector<HttpExchange*>{exchange_});
}

TEST_F(HttpAnswerTest, SaysOfAHeadWithoutABodyOnlyTheLengthThatTheAppSays) {
  struct Case {
    std::vector<HttpField> fields;
    std::optional<uint64_t> bodyLength;
    std::string length;
  };
  const Case kCases[] = {
      {{}, 0, ""},
      {{}, std::nullopt, ""},
      {{{"content-length", "123"}}, 0, "123"},
      {{{"content-length", "123"}}, std::nullopt, "123"},
      {{{"content-length", "123"}}, 4, "4"},
      {{{"content-length", "1"}, {"content-length", "2"}}, 0, ""},
      {{{"content-length", "-1"}}, 0, ""},
      {{{"content-length", "99999999999999999999"}}, std::nullopt, ""},
  };
  const Case* now = nullptr;
  onRequest_ = [&](HttpExchange& exchange) {
    exchange.start({.status = 200, .statusText = {}, .fields = now->fields}, now->bodyLength);
    exchange.end();
  };
  start();
  Client client = connect();
  for (const Case& one : kCases) {
    now = &one;
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.next("HEAD").fields["content-length"], one.length) << one.length;
  }
}

TEST_F(HttpAnswerTest, IsReplacedAsAWholeWhenItsHeadIsBad) {
  Client client = begin(request() + request());
  const HttpField bad[] = {{"x", "a\r\nb"}};
  HttpExchange* first = std::exchange(exchange_, nullptr);
  first->start({.status = 200, .statusText = {}, .fields = bad}, 4);
  tasks_.add(first->write(bytesOf("some")));
  first->end();
  ClientResponse response = client.next();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(response.body, "502 Bad Gateway\n");
  runUntil([this] { return exchange_ != nullptr; });
  exchange_->respond({}, bytesOf("next"));
  EXPECT_EQ(client.next().body, "next");
}

TEST_F(HttpAnswerTest, IsAbandonedOnceWhenTheClientResets) {
  Client client = begin();
  client.reset();
  runUntil([this] { return !abandoned_.empty(); });
  run();
  EXPECT_EQ(abandoned_, std::vector<HttpExchange*>{exchange_});
  EXPECT_EQ(server_->connections(), 0u);
  EXPECT_EQ(server_->counters().abandoned, 1u);
}

TEST_F(HttpAnswerTest, IsAbandonedWhenTheClientLeavesAStream) {
  Client client = begin();
  exchange_->start({}, std::nullopt);
  run();
  client.close();
  // The first write only finds out that nobody is there.
  for (int i = 0; i < 10 && abandoned_.empty(); i++) {
    write("piece");
    run();
  }
  EXPECT_EQ(abandoned_, std::vector<HttpExchange*>{exchange_});
}

TEST_F(HttpAnswerTest, RejectsAWaitingWriteWhenTheClientLeaves) {
  Client client = begin();
  exchange_->start({}, std::nullopt);
  std::string piece(1'000'000, 'x');
  auto written = kj::heap<kj::Promise<void>>(kj::READY_NOW);
  while (ready(*written)) {
    written = kj::heap<kj::Promise<void>>(exchange_->write(bytesOf(piece)));
  }
  bool rejected = false;
  auto watched = written
                     ->then([] {},
                            [&](kj::Exception&& error) {
                              rejected = error.getType() == kj::Exception::Type::DISCONNECTED;
                            })
                     .eagerlyEvaluate(nullptr);
  client.reset();
  runUntil([&] { return rejected; });
  EXPECT_EQ(abandoned_.size(), 1u);
}

TEST_F(HttpAnswerTest, IsAbandonedWhenAUnixClientCloses) {
  onRequest_ = [this](HttpExchange& exchange) { exchange_ = &exchange; };
  start();
  Client client = connectUnix();
  client.send(request());
  runUntil([this] { return exchange_ != nullptr; });
  client.close();
  runUntil([this] { return !abandoned_.empty(); });
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(HttpAnswerTest, ReachesAClientThatHasEndedItsSide) {
  Client client = begin(request() + request("/2"));
  client.shutdownWrite();
  run();
  EXPECT_TRUE(abandoned_.empty());
  HttpExchange* first = std::exchange(exchange_, nullptr);
  first->respond({}, bytesOf("first"));
  EXPECT_EQ(client.next().body, "first");
  runUntil([this] { return exchange_ != nullptr; });
  exchange_->respond({}, bytesOf("second"));
  ClientResponse response = client.next();
  EXPECT_EQ(response.body, "second");
  EXPECT_EQ(response.fields["connection"], "close");
  EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
}

TEST_F(HttpAnswerTest, FailsForWhoeverWritesAfterTheEnd) {
  Client client = begin();
  exchange_->respond({}, bytesOf("done"));
  EXPECT_THROW(exchange_->end(), kj::Exception);
  EXPECT_THROW(static_cast<void>(exchange_->write(bytesOf("x"))), kj::Exception);
  EXPECT_EQ(client.next().body, "done");
}

}  // namespace
}  // namespace nano
