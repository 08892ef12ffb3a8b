#include "supervisor/http_request_body.h"

#include <string>

#include "supervisor/http_server_fixture.h"

namespace nano {
namespace {

using BodyKind = HttpExchange::BodyKind;

class HttpRequestBodyTest : public HttpServerFixture {
 protected:
  // Reads the whole body into received_, then answers with how many bytes came.
  void readAll(HttpExchange& exchange) {
    tasks_.add(exchange.readBody(readBytes_)
                   .then(
                       [this, &exchange](kj::Array<kj::byte>&& bytes) {
                         EXPECT_LE(bytes.size(), readBytes_);
                         received_.append(reinterpret_cast<const char*>(bytes.begin()),
                                          bytes.size());
                         if (bytes.size() != 0) return readAll(exchange);
                         exchange.respond({}, bytesOf(std::to_string(received_.size())));
                       },
                       [this, &exchange](kj::Exception&& error) {
                         failure_ = error.getDescription().cStr();
                         exchange.respond({.status = 500, .statusText = {}, .fields = {}},
                                          bytesOf("failed"));
                       }));
  }
  // Sends every piece back as it comes.
  void echo(HttpExchange& exchange) {
    tasks_.add(exchange.readBody(readBytes_).then([this, &exchange](kj::Array<kj::byte>&& bytes) {
      if (bytes.size() == 0) return exchange.end();
      tasks_.add(exchange.write(std::as_bytes(std::span(bytes.begin(), bytes.size())))
                     .then([this, &exchange]() { echo(exchange); }));
    }));
  }
  static std::string chunk(std::string_view bytes) {
    char size[20];
    snprintf(size, sizeof(size), "%zx\r\n", bytes.size());
    return size + std::string(bytes) + "\r\n";
  }
  static std::string post(std::string_view lines) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n\r\n";
  }

  size_t readBytes_ = 100'000;
  std::string received_;
  std::string failure_;
};

TEST_F(HttpRequestBodyTest, CollectsASmallBodyBeforeTheHandlerIsCalled) {
  int calls = 0;
  onRequest_ = [&](HttpExchange& exchange) {
    calls++;
    EXPECT_EQ(exchange.bodyKind(), BodyKind::kWhole);
    exchange.respond({}, exchange.wholeBody());
  };
  start();
  Client client = connect();
  std::string body(kMaxInlineBodyBytes, 'b');
  client.send(post("Content-Length: " + std::to_string(body.size())) + body.substr(0, 10));
  run();
  client.send(body.substr(10, body.size() - 11));
  run();
  EXPECT_EQ(calls, 0);
  client.send(body.substr(body.size() - 1) + request());
  EXPECT_EQ(client.next().body, body);
  onRequest_ = hello;
  EXPECT_EQ(client.next().body, "hello");
  EXPECT_EQ(calls, 1);
}

TEST_F(HttpRequestBodyTest, HasAShortChunkedBodyAsAWholeWhenItComesWithTheHead) {
  onRequest_ = [](HttpExchange& exchange) {
    EXPECT_EQ(exchange.bodyKind(), BodyKind::kWhole);
    EXPECT_EQ(exchange.bodyLength(), std::nullopt);
    exchange.respond({}, exchange.wholeBody());
  };
  start();
  Client client = connect();
  client.send(post("Transfer-Encoding: chunked") + chunk("hel") + chunk("lo") + chunk("") +
              post("Transfer-Encoding: chunked") + chunk("again") + chunk(""));
  EXPECT_EQ(client.next().body, "hello");
  EXPECT_EQ(client.next().body, "again");
}

TEST_F(HttpRequestBodyTest, StreamsAChunkedBodyThatGoesOn) {
  onRequest_ = [this](HttpExchange& exchange) {
    if (exchange.head().method == "GET") return hello(exchange);
    EXPECT_EQ(exchange.bodyKind(), BodyKind::kStream);
    EXPECT_EQ(exchange.bodyLength(), std::nullopt);
    readAll(exchange);
  };
  start();
  for (size_t readBytes : {1u, 2u, 7u, 100'000u}) {
    readBytes_ = readBytes;
    received_.clear();
    Client client = connect();
    client.send(post("Transfer-Encoding: chunked") + chunk("hello ") + "6\r\nwor");
    run();
    client.send("ld!\r\n" + chunk(""));
    EXPECT_EQ(client.next().body, "12");
    EXPECT_EQ(received_, "hello world!");
    client.send(post("Transfer-Encoding: chunked"));
    run();
    client.send(chunk("x") + chunk("") + request());
    EXPECT_EQ(client.next().body, "13");
    EXPECT_EQ(client.next().body, "hello");
  }
}

TEST_F(HttpRequestBodyTest, StreamsALargeBodyWithItsLength) {
  onRequest_ = [this](HttpExchange& exchange) {
    if (exchange.head().method == "GET") return hello(exchange);
    EXPECT_EQ(exchange.bodyKind(), BodyKind::kStream);
    EXPECT_EQ(exchange.bodyLength(), 1'000'000u);
    readAll(exchange);
  };
  start();
  Client client = connect();
  std::string body;
  while (body.size() < 1'000'000) {
    body += std::to_string(body.size());
  }
  body.resize(1'000'000);
  client.send(post("Content-Length: 1000000") + body + request());
  EXPECT_EQ(client.next().body, "1000000");
  EXPECT_TRUE(received_ == body);
  EXPECT_EQ(client.next().body, "hello");
}

TEST_F(HttpRequestBodyTest, EchoesTenMegabytesWithoutStoringThem) {
  onRequest_ = [this](HttpExchange& exchange) {
    exchange.start({}, std::nullopt);
    echo(exchange);
  };
  start();
  // A unix socket: its buffers do not grow, so what the server took shows what it stored.
  Client client = connectUnix();
  std::string all = post("Transfer-Encoding: chunked");
  std::string body;
  for (int i = 0; i < 160; i++) {
    std::string piece(65536, static_cast<char>('a' + i % 26));
    body += piece;
    all += chunk(piece);
  }
  all += chunk("");
  size_t sent = 0;
  for (int idle = 0; idle < 50;) {
    ssize_t size =
        ::send(client.fd(), all.data() + sent, all.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    idle = size > 0 ? 0 : idle + 1;
    if (size > 0) sent += static_cast<size_t>(size);
    loop_.runOnce();
  }
  EXPECT_LT(sent, 2'000'000u) << "nobody reads the answer, so nobody may go on taking the body";

  std::string answer;
  size_t framed = all.size() + 200;
  runUntil([&] {
    if (sent < all.size()) {
      ssize_t size = ::send(client.fd(), all.data() + sent, all.size() - sent, MSG_DONTWAIT);
      if (size > 0) sent += static_cast<size_t>(size);
    }
    return client.receivedSoFar().size() > body.size() &&
           client.receivedSoFar().ends_with("\r\n0\r\n\r\n");
  });
  EXPECT_LT(client.received().size(), framed + 100'000);
  ClientResponse response = client.next();
  EXPECT_TRUE(response.whole);
  EXPECT_TRUE(response.body == body);
}

TEST_F(HttpRequestBodyTest, AsksForABodyWhenItIsFirstRead) {
  HttpExchange* exchange = nullptr;
  onRequest_ = [&](HttpExchange& e) { exchange = &e; };
  start();
  Client client = connect();
  client.send(post("Expect: 100-continue\r\nContent-Length: 5"));
  runUntil([&] { return exchange != nullptr; });
  EXPECT_EQ(exchange->bodyKind(), BodyKind::kStream);
  EXPECT_EQ(client.readNow(), "");
  readAll(*exchange);
  EXPECT_EQ(client.next().head, "HTTP/1.1 100 Continue\r\n");
  client.send("hello");
  ClientResponse response = client.next();
  EXPECT_EQ(response.body, "5");
  EXPECT_EQ(response.fields.count("connection"), 0u);
}

TEST_F(HttpRequestBodyTest, DoesNotAskForABodyThatIsThere) {
  onRequest_ = [](HttpExchange& exchange) { exchange.respond({}, exchange.wholeBody()); };
  start();
  Client client = connect();
  client.send(post("Expect: 100-continue\r\nContent-Length: 5") + "hello");
  EXPECT_EQ(client.next().body, "hello");
}

TEST_F(HttpRequestBodyTest, ClosesWhenItNeverAskedForTheBody) {
  start();
  Client client = connect();
  client.send(post("Expect: 100-continue\r\nContent-Length: 5"));
  ClientResponse response = client.next();
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.fields["connection"], "close");
  client.shutdownWrite();
  EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
}

TEST_F(HttpRequestBodyTest, RefusesABodyThatIsDeclaredTooLarge) {
  start();
  Client client = connect();
  client.send(post("Content-Length: " + std::to_string(kMaxRequestBodyBytes + 1)));
  EXPECT_EQ(client.next().status, 413);
  EXPECT_EQ(server_->counters().requests, 0u);
}

TEST_F(HttpRequestBodyTest, FailsWhenAChunkedBodyGrowsTooLarge) {
  limits_.bodyBytes = 200'000;
  onRequest_ = [this](HttpExchange& exchange) { readAll(exchange); };
  start();
  Client client = connect();
  client.send(post("Transfer-Encoding: chunked"));
  run();
  for (int i = 0; i < 30; i++) {
    client.send(chunk(std::string(10'000, 'x')));
  }
  ClientResponse response = client.next();
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.fields["connection"], "close");
  EXPECT_NE(failure_.find("larger than is allowed"), std::string::npos);
  EXPECT_LE(received_.size(), limits_.bodyBytes);
}

TEST_F(HttpRequestBodyTest, RefusesABodyThatIsMalformedFromTheStart) {
  start();
  Client client = connect();
  client.send(post("Transfer-Encoding: chunked") + "5 \r\nhello\r\n0\r\n\r\n");
  EXPECT_EQ(client.next().status, 400);
  EXPECT_EQ(server_->counters().requests, 0u);
}

TEST_F(HttpRequestBodyTest, FailsWhenABodyBecomesMalformed) {
  onRequest_ = [this](HttpExchange& exchange) { readAll(exchange); };
  start();
  Client client = connect();
  client.send(post("Transfer-Encoding: chunked") + chunk("good"));
  run();
  client.send("5\nhello\r\n0\r\n\r\n" + request());
  ClientResponse response = client.next();
  EXPECT_EQ(response.body, "failed");
  EXPECT_EQ(response.fields["connection"], "close");
  EXPECT_EQ(received_, "good");
  EXPECT_NE(failure_.find("malformed"), std::string::npos);
  EXPECT_EQ(server_->counters().requests, 1u);
}

TEST_F(HttpRequestBodyTest, FailsWhenABodyIsCutOff) {
  onRequest_ = [this](HttpExchange& exchange) { readAll(exchange); };
  start();
  for (std::string framing : {"Transfer-Encoding: chunked", "Content-Length: 100000"}) {
    failure_.clear();
    Client client = connect();
    client.send(post(framing) + "5\r\nhello\r\n");
    run();
    client.shutdownWrite();
    EXPECT_EQ(client.next().body, "failed") << framing;
    EXPECT_NE(failure_.find("cut off"), std::string::npos);
    EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
  }
}

TEST_F(HttpRequestBodyTest, ForgetsASmallBodyThatNobodyReads) {
  limits_.inlineBodyBytes = 10;
  start();
  Client client = connect();
  std::string body(50'000, 'b');
  client.send(post("Content-Length: 50000") + body.substr(0, 20));
  EXPECT_EQ(client.next().body, "hello");
  client.send(body.substr(20) + request());
  EXPECT_EQ(client.next().body, "hello");

  client.send(post("Transfer-Encoding: chunked") + chunk("a"));
  EXPECT_EQ(client.next().body, "hello");
  client.send(chunk(body) + chunk("") + request());
  EXPECT_EQ(client.next().body, "hello");
}

TEST_F(HttpRequestBodyTest, ClosesRatherThanForgetALargeBody) {
  start();
  Client client = connect();
  client.send(post("Content-Length: 1000000"));
  EXPECT_EQ(client.next().fields["connection"], "close");

  Client chunked = connect();
  chunked.send(post("Transfer-Encoding: chunked") + chunk("a"));
  EXPECT_EQ(chunked.next().body, "hello");
  for (int i = 0; i < 20; i++) {
    chunked.send(chunk(std::string(10'000, 'x')));
  }
  chunked.waitForEnd();
  EXPECT_EQ(server_->counters().requests, 2u);
}

TEST_F(HttpRequestBodyTest, MayBeReadAgainAfterAReadWasCancelled) {
  HttpExchange* exchange = nullptr;
  onRequest_ = [&](HttpExchange& e) { exchange = &e; };
  start();
  Client client = connect();
  client.send(post("Transfer-Encoding: chunked"));
  runUntil([&] { return exchange != nullptr; });
  { auto cancelled = exchange->readBody(10); }
  client.send(chunk("hello") + chunk(""));
  run();
  readAll(*exchange);
  EXPECT_EQ(client.next().body, "5");
}

}  // namespace
}  // namespace nano
