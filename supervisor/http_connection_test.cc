#include <string>

#include "supervisor/http_server_fixture.h"

namespace nano {
namespace {

class HttpConnectionTest : public HttpServerFixture {};

TEST_F(HttpConnectionTest, AnswersAndKeepsTheConnection) {
  start();
  Client client = connect();
  for (int i = 0; i < 3; i++) {
    client.send(request());
    ClientResponse response = client.next();
    EXPECT_EQ(response.head,
              "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"
              "Date: Sun, 22 Nov 2026 07:00:00 GMT\r\nContent-Length: 5\r\n");
    EXPECT_EQ(response.body, "hello");
  }
  EXPECT_TRUE(client.isOpen());
  EXPECT_EQ(server_->counters().connections, 1u);
  EXPECT_EQ(server_->counters().requests, 3u);
}

TEST_F(HttpConnectionTest, ShowsTheHandlerTheWholeRequest) {
  onRequest_ = [this](HttpExchange& exchange) {
    const RequestHead& head = exchange.head();
    EXPECT_EQ(head.method, "POST");
    EXPECT_EQ(head.authority, "shop.example");
    EXPECT_EQ(head.target, "/a?b");
    EXPECT_EQ(head.clientAddress, "127.0.0.1");
    EXPECT_EQ(head.localPort, port_);
    ASSERT_EQ(exchange.bodyKind(), HttpExchange::BodyKind::kWhole);
    EXPECT_EQ(exchange.wholeBody().size(), 3u);
    EXPECT_EQ(exchange.bodyLength(), 3u);
    exchange.respond({.status = 201, .statusText = "Made", .fields = {}}, exchange.wholeBody());
  };
  start();
  Client client = connect();
  client.send("POST /a?b HTTP/1.1\r\nHost: Shop.Example\r\nContent-Length: 3\r\n\r\nabc");
  ClientResponse response = client.next();
  EXPECT_TRUE(response.head.starts_with("HTTP/1.1 201 Made\r\n"));
  EXPECT_EQ(response.body, "abc");
}

TEST_F(HttpConnectionTest, AnswersAThousandPipelinedRequestsInOrder) {
  onRequest_ = [](HttpExchange& exchange) {
    exchange.respond({}, bytesOf(exchange.head().target));
  };
  start();
  Client client = connect();
  std::string all;
  for (int i = 0; i < 1000; i++) {
    all += request("/" + std::to_string(i));
  }
  client.send(all);
  for (int i = 0; i < 1000; i++) {
    ClientResponse response = client.next();
    ASSERT_EQ(response.body, "/" + std::to_string(i));
    // The thousandth is the last this connection may have.
    ASSERT_EQ(response.fields.count("connection"), i == 999 ? 1u : 0u);
  }
  EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
}

TEST_F(HttpConnectionTest, HandlesOneOfThePipelinedRequestsAtATime) {
  std::vector<HttpExchange*> waiting;
  std::vector<std::string> targets;
  onRequest_ = [&](HttpExchange& exchange) {
    waiting.push_back(&exchange);
    targets.emplace_back(exchange.head().target);
  };
  start();
  Client client = connect();
  client.send(request("/1") + request("/2") + request("/3"));
  for (std::string target : {"/1", "/2", "/3"}) {
    runUntil([&] { return !waiting.empty(); });
    run();
    ASSERT_EQ(waiting.size(), 1u);
    EXPECT_EQ(waiting[0]->head().target, target);
    HttpExchange* exchange = waiting[0];
    waiting.clear();
    exchange->respond({}, bytesOf(target));
    EXPECT_TRUE(waiting.empty()) << "the handler was called inside its own call";
    EXPECT_EQ(client.next().body, target);
  }
}

TEST_F(HttpConnectionTest, StopsReadingWhenEnoughRequestsWait) {
  HttpExchange* first = nullptr;
  onRequest_ = [&](HttpExchange& exchange) { first = &exchange; };
  start();
  Client client = connect();
  std::string one = request("/", "X: " + std::string(1000, 'x') + "\r\n");
  client.send(one);
  runUntil([&] { return first != nullptr; });
  // Sends until nobody takes anything any more.
  std::string many;
  for (int i = 0; i < 20'000; i++) {
    many += one;
  }
  size_t sent = 0;
  for (int idle = 0; idle < 50;) {
    ssize_t size =
        ::send(client.fd(), many.data() + sent, many.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    idle = size > 0 ? 0 : idle + 1;
    if (size > 0) sent += static_cast<size_t>(size);
    loop_.runOnce();
  }
  EXPECT_LT(sent, many.size());
  // And goes on where it stopped.
  onRequest_ = hello;
  first->respond({}, bytesOf("first"));
  EXPECT_EQ(client.next().body, "first");
  for (int i = 0; i < 100; i++) {
    ASSERT_EQ(client.next().body, "hello") << i;
  }
}

TEST_F(HttpConnectionTest, SendsHeadsOnlyForHeadRequests) {
  start();
  Client client = connect();
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + request());
  ClientResponse response = client.next("HEAD");
  EXPECT_EQ(response.fields["content-length"], "5");
  EXPECT_EQ(client.next().body, "hello");
}

TEST_F(HttpConnectionTest, DropsStreamedBodiesOfHeadRequests) {
  onRequest_ = [this](HttpExchange& exchange) {
    exchange.start({}, 5);
    tasks_.add(exchange.write(bytesOf("hello")));
    exchange.end();
  };
  start();
  Client client = connect();
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + request());
  EXPECT_EQ(client.next("HEAD").fields["content-length"], "5");
  EXPECT_EQ(client.next().body, "hello");
}

TEST_F(HttpConnectionTest, SendsNoBodyWhereTheStatusAllowsNone) {
  uint16_t status = 204;
  onRequest_ = [&](HttpExchange& exchange) {
    exchange.respond({.status = status, .statusText = {}, .fields = {}}, bytesOf("never"));
  };
  start();
  Client client = connect();
  for (uint16_t s : {204, 304}) {
    status = s;
    client.send(request());
    ClientResponse response = client.next();
    EXPECT_EQ(response.status, s);
    EXPECT_EQ(response.fields.count("content-length"), 0u);
    EXPECT_EQ(response.fields.count("transfer-encoding"), 0u);
    EXPECT_EQ(client.readNow(), "");
  }
  status = 205;
  client.send(request());
  EXPECT_EQ(client.next().fields["content-length"], "0");
  EXPECT_EQ(client.readNow(), "");
}

TEST_F(HttpConnectionTest, ClosesAfterAnOldClientsRequest) {
  start();
  Client client = connect();
  client.send("GET / HTTP/1.0\r\n\r\n");
  ClientResponse response = client.next();
  EXPECT_EQ(response.fields["connection"], "close");
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
}

TEST_F(HttpConnectionTest, KeepsAnOldClientsConnectionWhenItAsks) {
  start();
  Client client = connect();
  for (int i = 0; i < 2; i++) {
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ClientResponse response = client.next();
    EXPECT_EQ(response.fields["connection"], "keep-alive");
    EXPECT_EQ(response.body, "hello");
  }
}

TEST_F(HttpConnectionTest, StreamsToOldClientsUntilItCloses) {
  onRequest_ = [this](HttpExchange& exchange) {
    exchange.start({}, std::nullopt);
    tasks_.add(exchange.write(bytesOf("a")));
    tasks_.add(exchange.write(bytesOf("b")));
    exchange.end();
  };
  start();
  Client client = connect();
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ClientResponse response = client.next();
  EXPECT_EQ(response.fields["connection"], "close");
  EXPECT_EQ(response.fields.count("transfer-encoding"), 0u);
  EXPECT_EQ(response.body, "ab");
}

TEST_F(HttpConnectionTest, ClosesWhenTheClientAsks) {
  start();
  Client client = connect();
  client.send(request("/", "Connection: close\r\n") + request("/never"));
  EXPECT_EQ(client.next().fields["connection"], "close");
  client.waitForEnd();
  EXPECT_EQ(client.received(), "");
  EXPECT_EQ(server_->counters().requests, 1u);
}

TEST_F(HttpConnectionTest, ExplainsAndClosesWhenItRefuses) {
  start();
  Client client = connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + request());
  ClientResponse response = client.next();
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.fields["connection"], "close");
  EXPECT_EQ(response.body, "400 Bad Request\n");
  // What was pipelined after it is not looked at (hostile case H20).
  client.shutdownWrite();
  EXPECT_EQ(client.waitForEnd(), Client::End::kOrderly);
  EXPECT_EQ(client.received(), "");
  EXPECT_EQ(server_->counters().requests, 0u);
  EXPECT_EQ(server_->counters().refusedRequests, 1u);
}

TEST_F(HttpConnectionTest, SaysWhatIsAllowed) {
  start();
  Client client = connect();
  client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.next().status, 204);
  client.send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n");
  ClientResponse response = client.next();
  EXPECT_EQ(response.status, 405);
  EXPECT_NE(response.fields["allow"].find("GET"), std::string::npos);
  EXPECT_EQ(server_->counters().requests, 0u);
}

TEST_F(HttpConnectionTest, AcceptsARequestByteByByte) {
  start();
  Client client = connect();
  for (char c : request("/slow")) {
    client.send({&c, 1});
    run();
  }
  EXPECT_EQ(client.next().body, "hello");
}

TEST_F(HttpConnectionTest, AcceptsTheLargestHead) {
  std::string target = "/" + std::string(limits_.targetBytes - 1, 't');
  std::string lines;
  for (int i = 0; i < 4; i++) {
    lines += "X: " + std::string(8000, 'x') + "\r\n";
  }
  size_t seen = 0;
  onRequest_ = [&](HttpExchange& exchange) {
    seen = exchange.head().target.size() + exchange.head().fields.back().value.size();
    hello(exchange);
  };
  start();
  Client client = connect();
  client.send(request(target, lines) + request());
  EXPECT_EQ(client.next().status, 200);
  EXPECT_EQ(client.next().status, 200);
}

TEST_F(HttpConnectionTest, ChoosesTheFramingItself) {
  onRequest_ = [](HttpExchange& exchange) {
    const HttpField fields[] = {
        {"content-length", "99"},  {"transfer-encoding", "gzip"},
        {"connection", "upgrade"}, {"keep-alive", "x"},
        {"upgrade", "h2c"},        {"te", "x"},
        {"trailer", "y"},          {"proxy-connection", "z"},
        {"x-mine", "1"},           {"date", "never"},
    };
    exchange.respond({.status = 200, .statusText = {}, .fields = fields}, bytesOf("hello"));
  };
  start();
  Client client = connect();
  client.send(request());
  EXPECT_EQ(client.next().head,
            "HTTP/1.1 200 OK\r\nx-mine: 1\r\ndate: never\r\nContent-Length: 5\r\n");
}

TEST_F(HttpConnectionTest, ReplacesAnAnswerThatCouldSplitIntoTwo) {
  ResponseHead answer;
  onRequest_ = [&](HttpExchange& exchange) { exchange.respond(answer, bytesOf("hello")); };
  start();
  Client client = connect();
  const HttpField bad[] = {{"x", "a\r\nset-cookie: b"},
                           {"x", "a\nb"},
                           {"x", std::string_view("\0", 1)},
                           {"x\r\n", "a"},
                           {"", "a"},
                           {"x y", "a"},
                           {"x:", "a"},
                           {"x", "\x7f"}};
  for (const HttpField& field : bad) {
    answer = {.status = 200, .statusText = {}, .fields = {&field, 1}};
    client.send(request());
    ClientResponse response = client.next();
    EXPECT_EQ(response.status, 502) << field.name;
    EXPECT_EQ(response.body, "502 Bad Gateway\n");
  }
  answer = {.status = 200, .statusText = "OK\r\nx: y", .fields = {}};
  client.send(request());
  EXPECT_EQ(client.next().status, 502);
  for (uint16_t status : {0, 99, 100, 101, 199, 600, 65535}) {
    answer = {.status = status, .statusText = {}, .fields = {}};
    client.send(request());
    EXPECT_EQ(client.next().status, 502) << status;
  }
  std::vector<HttpField> many(limits_.responseHeaderCount + 1, {"a", "b"});
  answer = {.status = 200, .statusText = {}, .fields = many};
  client.send(request());
  EXPECT_EQ(client.next().status, 502);
  std::string large(limits_.responseHeaderBytes, 'x');
  const HttpField largeField = {"a", large};
  answer = {.status = 200, .statusText = {}, .fields = {&largeField, 1}};
  client.send(request());
  EXPECT_EQ(client.next().status, 502);
  EXPECT_EQ(server_->counters().replacedAnswers, 18u);
}

}  // namespace
}  // namespace nano
