// What the tests of the way out rely on: the server does what its scripts say.

#include "tests/harness/upstream_server.h"

#include <gtest/gtest.h>

#include "tests/harness/http_client.h"

namespace nano::test {
namespace {

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

TEST(UpstreamServerTest, AnswersByPathAndRecordsWhatCame) {
  UpstreamServer server;
  server.answer("/a", "HTTP/1.1 201 Created\r\nx-one: 1\r\n", "hello");
  HttpRequest request;
  request.host = "a.test";
  request.path = "/a?b=c";
  request.method = "POST";
  request.headers = {"Transfer-Encoding: chunked", "X-Two: 2"};
  request.body = "a body";
  HttpResponse response = sendRequest(server.port(), request);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(get(server.port(), "a.test", "/other").status, 404);
  EXPECT_EQ(server.connections(), 2u);
  ASSERT_EQ(server.requests().size(), 2u);
  UpstreamRequest first = server.requests()[0];
  EXPECT_EQ(first.method, "POST");
  EXPECT_EQ(first.target, "/a?b=c");
  EXPECT_EQ(first.field("x-two"), "2");
  EXPECT_EQ(first.field("host"), "a.test");
  EXPECT_EQ(first.body, "a body");
  EXPECT_EQ(server.requestsFor("/a"), 1u);
}

TEST(UpstreamServerTest, TakesOneRequestAfterTheOther) {
  UpstreamServer server;
  server.answer("/", "HTTP/1.1 200 OK\r\n", "x");
  RawConnection client(server.port());
  client.send(std::string(kGet) + kGet);
  EXPECT_EQ(client.receiveUntil("x").size(), client.receiveUntil("x").size());
  EXPECT_EQ(server.connections(), 1u);
}

TEST(UpstreamServerTest, DripsAByteForEachRelease) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send("!");
    connection.drip("ab");
    connection.close();
  });
  RawConnection client(server.port());
  client.send(kGet);
  EXPECT_EQ(client.receive(1), "!");
  server.release();
  EXPECT_EQ(client.receive(1), "a");
  server.release();
  EXPECT_EQ(client.receive(), "b");
}

TEST(UpstreamServerTest, AScriptMayTakeTheWholeConnection) {
  UpstreamServer server;
  std::string got;
  server.onConnection([&got](UpstreamConnection& connection) {
    connection.send("first");
    got = connection.readBytes(4);
    connection.reset();
  });
  RawConnection client(server.port());
  EXPECT_EQ(client.receive(5), "first");
  client.send("ping");
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(got, "ping");
  EXPECT_TRUE(server.requests().empty());
}

TEST(UpstreamServerTest, EndsWhateverItsScriptsDo) {
  auto server = std::make_unique<UpstreamServer>();
  server->on("/hold", [](UpstreamConnection& connection, UpstreamRequest&) { connection.hold(); });
  server->on("/read",
             [](UpstreamConnection& connection, UpstreamRequest&) { connection.awaitEnd(); });
  server->on("/send", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.sendAgainAndAgain(std::string(100000, 'x'));
  });
  std::vector<std::unique_ptr<RawConnection>> clients;
  for (const char* path : {"/hold", "/read", "/send"}) {
    clients.push_back(std::make_unique<RawConnection>(server->port()));
    clients.back()->send(std::string("GET ") + path + " HTTP/1.1\r\n\r\n");
    while (server->requestsFor(path) == 0)
      std::this_thread::yield();
  }
  server.reset();
}

}  // namespace
}  // namespace nano::test
