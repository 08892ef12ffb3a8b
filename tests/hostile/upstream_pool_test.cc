// Hostile cases U20 to U22: connections that are kept, and what an upstream puts on them.

#include <atomic>
#include <map>
#include <set>

#include "tests/hostile/upstream_world.h"

namespace nano::test {
namespace {

using UpstreamPool = UpstreamTest;

constexpr char kEvil[] = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil";

TEST_F(UpstreamPool, U20AnAnswerBeforeTheRequestIsCompleteIsTheAnswer) {
  UpstreamServer server;
  server.on("/early", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send("HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno");
    connection.awaitEnd();
  });
  server.answer("/", "HTTP/1.1 200 OK\r\n", "right");
  deployFetcher("u20");
  auto fetched = fetchBy("u20", server.url(kUpstream, "/early"),
                         {{"init", {{"method", "POST"}}}, {"upload", 200}});
  EXPECT_TRUE(isText(fetched, "no"));
  EXPECT_EQ(fetched.value("status", 0), 413);
  // What was left of the request is not the start of the next.
  EXPECT_TRUE(isText(fetchBy("u20", server.url(kUpstream)), "right"));
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_NE(server.requests()[0].connection, server.requests()[1].connection);
}

TEST_F(UpstreamPool, U20AnAnswerThatIsThereBeforeTheRequestIsNotOneToIt) {
  UpstreamServer server;
  server.onConnection([](UpstreamConnection& connection) { connection.send(kEvil); });
  deployFetcher("u20");
  // On a new connection nobody can tell; it is the upstream's own answer to whatever comes.
  auto fetched = fetchBy("u20", server.url(kUpstream));
  EXPECT_TRUE(fetched.contains("text") || fetched.contains("error")) << fetched;
  // But one answer is of one request.
  fetched = fetchBy("u20", server.url(kUpstream));
  EXPECT_TRUE(fetched.contains("text") || fetched.contains("error")) << fetched;
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(UpstreamPool, U21BytesBehindAnAnswerAreNoAnswerToTheNextRequest) {
  UpstreamServer server;
  server.on("/extra", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(std::string("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nextra") + kEvil);
  });
  server.on("/chunked", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(std::string("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                                "5\r\nextra\r\n0\r\n\r\n") +
                    kEvil);
  });
  server.on("/empty", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(std::string("HTTP/1.1 204 No Content\r\n\r\n") + kEvil);
  });
  server.answer("/", "HTTP/1.1 200 OK\r\n", "right");
  deployFetcher("u21");
  for (const char* path : {"/extra", "/chunked", "/empty"}) {
    for (int i = 0; i < 5; i++) {
      auto fetched = fetchBy("u21", server.url(kUpstream, path));
      EXPECT_TRUE(isText(fetched, std::string(path) == "/empty" ? "" : "extra")) << path;
      EXPECT_TRUE(isText(fetchBy("u21", server.url(kUpstream)), "right")) << path;
    }
  }
}

TEST_F(UpstreamPool, U21BytesOnAnIdleConnectionAreNoAnswerToTheNextRequest) {
  UpstreamServer server;
  std::atomic<bool> isSent{false};
  server.on("/", [&isSent](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nright");
    connection.hold();
    connection.send(kEvil);
    isSent = true;
    connection.awaitEnd();
  });
  server.answer("/next", "HTTP/1.1 200 OK\r\n", "next");
  deployFetcher("u21");
  EXPECT_TRUE(isText(fetchBy("u21", server.url(kUpstream)), "right"));
  server.release();
  EXPECT_TRUE(eventually([&isSent] { return isSent.load(); }));
  EXPECT_TRUE(isText(fetchBy("u21", server.url(kUpstream, "/next")), "next"));
}

TEST_F(UpstreamPool, U21NoAppGetsAConnectionOfAnother) {
  UpstreamServer server;
  server.answer("/", "HTTP/1.1 200 OK\r\n", "right");
  std::map<std::string, std::set<size_t>> connections;
  for (const char* app : {"u21", "u21b"})
    deployFetcher(app);
  for (int i = 0; i < 10; i++) {
    for (const char* app : {"u21", "u21b"}) {
      nlohmann::json headers = {{"x-app", app}};
      EXPECT_TRUE(
          isText(fetchBy(app, server.url(kUpstream), {{"init", {{"headers", headers}}}}), "right"));
    }
  }
  for (auto& request : server.requests())
    connections[request.field("x-app")].insert(request.connection);
  ASSERT_EQ(connections.size(), 2u);
  // They are kept, or this would prove nothing.
  EXPECT_EQ(connections["u21"].size(), 1u);
  EXPECT_EQ(connections["u21b"].size(), 1u);
  EXPECT_NE(connections["u21"], connections["u21b"]);
}

TEST_F(UpstreamPool, U22AnUpstreamThatResetsIsNotStormed) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) { connection.reset(); });
  UpstreamServer atOnce;
  atOnce.onConnection([](UpstreamConnection& connection) { connection.reset(); });
  deployFetcher("u22");
  constexpr size_t kTimes = 10;
  for (auto* each : {&server, &atOnce}) {
    for (size_t i = 0; i < kTimes; i++)
      EXPECT_TRUE(threw(fetchBy("u22", each->url(kUpstream))));
    EXPECT_LE(each->connections(), 2 * kTimes);
    size_t before = each->connections();
    for (size_t i = 0; i < kTimes; i++) {
      nlohmann::json init = {{"method", "POST"}, {"body", "once"}};
      EXPECT_TRUE(threw(fetchBy("u22", each->url(kUpstream), {{"init", init}})));
    }
    EXPECT_EQ(each->connections() - before, kTimes) << "what changes something is sent once";
  }
}

TEST_F(UpstreamPool, U22AKeptConnectionThatResetsCostsOneMoreTryAndNoError) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest& request) {
    connection.readBody(request);
    connection.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nright");
    // The next request on it meets a reset.
    if (connection.readHead()) connection.reset();
  });
  deployFetcher("u22");
  for (int i = 0; i < 5; i++)
    EXPECT_TRUE(isText(fetchBy("u22", server.url(kUpstream)), "right"));
  EXPECT_LE(server.connections(), 5u);
}

}  // namespace
}  // namespace nano::test
