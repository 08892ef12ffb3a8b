#include "supervisor/http_deadlines.h"

#include <string>

#include "supervisor/http_server_fixture.h"

namespace nano {
namespace {

// The clock moves only by advance(); at the end of each wait something must have happened, and not
// before.
class HttpDeadlinesTest : public HttpServerFixture {
 protected:
  void keepExchange() {
    onRequest_ = [this](HttpExchange& exchange) { exchange_ = &exchange; };
  }
  static std::string post(std::string_view lines) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n\r\n";
  }

  HttpExchange* exchange_ = nullptr;
};

TEST_F(HttpDeadlinesTest, AHeadHasToBeWholeInTenSeconds) {
  start();
  Client client = connect();
  client.send("GET / HTTP/1.1\r\n");
  // A byte now and then does not help (hostile case H40).
  for (int second = 0; second < 9; second++) {
    advance(1 * kj::SECONDS);
    client.send("X");
  }
  EXPECT_TRUE(client.isOpen());
  advance(1100 * kj::MILLISECONDS);
  EXPECT_EQ(client.next().status, 408);
  client.shutdownWrite();
  EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
  EXPECT_EQ(server_->counters().timeouts, 1u);
}

TEST_F(HttpDeadlinesTest, TheSecondHeadHasAsLongFromItsFirstByte) {
  start();
  Client client = connect();
  client.send(request());
  client.next();
  advance(50 * kj::SECONDS);
  client.send("GET / ");
  run();
  advance(9 * kj::SECONDS);
  EXPECT_TRUE(client.isOpen());
  advance(2 * kj::SECONDS);
  EXPECT_EQ(client.next().status, 408);
}

TEST_F(HttpDeadlinesTest, ASilentNewConnectionClosesWithoutAWord) {
  start();
  Client client = connect();
  advance(9 * kj::SECONDS);
  EXPECT_TRUE(client.isOpen());
  advance(2 * kj::SECONDS);
  EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
  EXPECT_EQ(client.received(), "");
}

TEST_F(HttpDeadlinesTest, AnIdleConnectionClosesAfterAMinute) {
  start();
  Client client = connect();
  for (int i = 0; i < 3; i++) {
    client.send(request());
    client.next();
    advance(59 * kj::SECONDS);
    EXPECT_TRUE(client.isOpen());
  }
  advance(2 * kj::SECONDS);
  EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
  EXPECT_EQ(client.received(), "");
}

TEST_F(HttpDeadlinesTest, AHealthyClientIsServedBesideManySlowOnes) {
  start();
  std::vector<Client> slow;
  for (int i = 0; i < 200; i++) {
    slow.push_back(connect());
    slow.back().send("GET / HTTP/1.1\r\nHo");
  }
  Client healthy = connect();
  for (int i = 0; i < 9; i++) {
    advance(1 * kj::SECONDS);
    healthy.send(request());
    EXPECT_EQ(healthy.next().body, "hello");
  }
  advance(2 * kj::SECONDS);
  for (Client& client : slow) {
    EXPECT_EQ(client.next().status, 408);
  }
  EXPECT_TRUE(healthy.isOpen());
}

TEST_F(HttpDeadlinesTest, ABodyThatStopsIsGivenUp) {
  start();
  Client client = connect();
  client.send(post("Content-Length: 10") + "half");
  advance(29 * kj::SECONDS);
  EXPECT_TRUE(client.isOpen());
  advance(2 * kj::SECONDS);
  EXPECT_EQ(client.next().status, 408);
  EXPECT_EQ(server_->counters().requests, 0u);
}

TEST_F(HttpDeadlinesTest, ABodyThatTricklesIsGivenUp) {
  start();
  Client client = connect();
  client.send(post("Content-Length: 60000"));
  int seconds = 0;
  while (client.isOpen() && client.receivedSoFar().empty() && seconds < 100) {
    advance(1 * kj::SECONDS);
    client.send(std::string(100, 'x'));
    seconds++;
  }
  EXPECT_GT(seconds, 9) << "the rate counts after a while only";
  EXPECT_LT(seconds, 15);
  EXPECT_EQ(client.next().status, 408);
}

TEST_F(HttpDeadlinesTest, ABodyThatIsFastEnoughIsNot) {
  start();
  Client client = connect();
  client.send(post("Content-Length: 60000"));
  for (int seconds = 0; seconds < 100; seconds++) {
    advance(1 * kj::SECONDS);
    client.send(std::string(600, 'x'));
  }
  EXPECT_EQ(client.next().body, "hello");
}

TEST_F(HttpDeadlinesTest, AReaderIsToldThatTheBodyStopped) {
  keepExchange();
  start();
  Client client = connect();
  client.send(post("Content-Length: 100000"));
  runUntil([this] { return exchange_ != nullptr; });
  // While nobody reads, the client is not waited for.
  advance(40 * kj::SECONDS);
  bool failed = false;
  auto read = exchange_->readBody(10)
                  .then([](auto&&) { ADD_FAILURE(); },
                        [&](kj::Exception&& error) {
                          failed = true;
                          EXPECT_EQ(error.getType(), kj::Exception::Type::DISCONNECTED);
                        })
                  .eagerlyEvaluate(nullptr);
  advance(29 * kj::SECONDS);
  EXPECT_FALSE(failed);
  advance(2 * kj::SECONDS);
  EXPECT_TRUE(failed);
  exchange_->respond({.status = 408, .statusText = {}, .fields = {}}, {});
  EXPECT_EQ(client.next().fields["connection"], "close");
}

TEST_F(HttpDeadlinesTest, AnAnswerThatNobodyTakesIsGivenUp) {
  keepExchange();
  start();
  Client client = connect();
  client.send(request());
  runUntil([this] { return exchange_ != nullptr; });
  exchange_->start({}, std::nullopt);
  std::string piece(1'000'000, 'x');
  kj::Promise<void> written = kj::READY_NOW;
  while (written.poll(loop_.waitScope())) {
    written = exchange_->write(bytesOf(piece));
  }
  advance(29 * kj::SECONDS);
  EXPECT_TRUE(abandoned_.empty());
  advance(2 * kj::SECONDS);
  EXPECT_EQ(abandoned_.size(), 1u);
  EXPECT_EQ(server_->connections(), 0u);
}

// Hostile case H42: a window that opens by a byte at a time is no progress.
TEST_F(HttpDeadlinesTest, AnAnswerThatIsTakenByTheByteIsGivenUp) {
  keepExchange();
  start();
  Client client = connectUnix();
  client.send(request());
  runUntil([this] { return exchange_ != nullptr; });
  exchange_->start({}, std::nullopt);
  std::string piece(1'000'000, 'x');
  auto written = exchange_->write(bytesOf(piece));
  for (int second = 0; second < 31; second++) {
    char byte;
    recv(client.fd(), &byte, 1, MSG_DONTWAIT);
    advance(1 * kj::SECONDS);
  }
  EXPECT_EQ(abandoned_.size(), 1u);
}

TEST_F(HttpDeadlinesTest, AnAnswerThatIsTakenSlowlyIsNot) {
  keepExchange();
  start();
  Client client = connect();
  client.send(request());
  runUntil([this] { return exchange_ != nullptr; });
  std::string body(20'000'000, 'x');
  exchange_->respond({}, bytesOf(body));
  char buffer[65536];
  for (int second = 0; second < 200; second++) {
    recv(client.fd(), buffer, sizeof(buffer), MSG_DONTWAIT);
    advance(1 * kj::SECONDS);
    ASSERT_EQ(server_->connections(), 1u) << second;
  }
}

TEST_F(HttpDeadlinesTest, AClientThatEndedItsSideCountsAsGoneAfterAWhile) {
  keepExchange();
  start();
  Client client = connect();
  client.send(request());
  runUntil([this] { return exchange_ != nullptr; });
  client.shutdownWrite();
  run();
  advance(4 * kj::SECONDS);
  EXPECT_TRUE(abandoned_.empty());
  advance(2 * kj::SECONDS);
  EXPECT_EQ(abandoned_, std::vector<HttpExchange*>{exchange_});
}

TEST_F(HttpDeadlinesTest, AClientThatEndedItsSideStaysWhileItIsSentSomething) {
  keepExchange();
  start();
  Client client = connect();
  client.send(request());
  runUntil([this] { return exchange_ != nullptr; });
  exchange_->start({}, std::nullopt);
  client.shutdownWrite();
  for (int i = 0; i < 10; i++) {
    advance(2 * kj::SECONDS);
    tasks_.add(exchange_->write(bytesOf("tick")));
  }
  exchange_->end();
  EXPECT_EQ(client.next().body.size(), 40u);
  EXPECT_TRUE(abandoned_.empty());
}

TEST_F(HttpDeadlinesTest, ALingeringConnectionCloses) {
  start();
  Client client = connect();
  client.send("nonsense\r\n");
  EXPECT_EQ(client.next().status, 400);
  EXPECT_EQ(server_->connections(), 1u);
  advance(6 * kj::SECONDS);
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(HttpDeadlinesTest, NothingIsArmedWhileTheHandlerWorks) {
  keepExchange();
  start();
  Client client = connect();
  client.send(request());
  runUntil([this] { return exchange_ != nullptr; });
  advance(300 * kj::SECONDS);
  exchange_->respond({}, bytesOf("late"));
  EXPECT_EQ(client.next().body, "late");
}

}  // namespace
}  // namespace nano
