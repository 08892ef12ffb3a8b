// Hostile cases U18, U28 and U30: upstreams that take their time, and apps that go meanwhile.

#include <atomic>
#include <thread>

#include "tests/hostile/upstream_world.h"

namespace nano::test {
namespace {

using UpstreamSlow = UpstreamTest;

constexpr char kHead[] = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";

// Nobody waits any more, and the connection is not kept.
testing::AssertionResult allClosed(UpstreamServer& server) {
  if (eventually([&server] { return server.openConnections() == 0; })) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << server.openConnections() << " connections are still open";
}

TEST_F(UpstreamSlow, U18AHeadByTheByteEndsWithTheRequest) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) { connection.drip(kHead); });
  server.answer("/fine", "HTTP/1.1 200 OK\r\n", "fine");
  deployFetcher("u18");
  nlohmann::json slow;
  std::thread waiting([&] { slow = fetchBy("u18", server.url(kUpstream)); });
  EXPECT_TRUE(eventually([&server] { return server.requestsFor("/") == 1; }));
  server.release(10);
  // The same app's other fetches go on.
  EXPECT_TRUE(isText(fetchBy("u18", server.url(kUpstream, "/fine")), "fine"));
  waiting.join();
  EXPECT_EQ(slow.value("nanod", 0), 504) << slow;
  EXPECT_TRUE(eventually([&server] {
    server.release(1000);
    return server.openConnections() <= 1;
  }));
}

TEST_F(UpstreamSlow, U18ABodyByTheByteEndsWithTheRequest) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send(kHead);
    connection.drip(std::string(100000, 'x'));
  });
  deployFetcher("u18");
  nlohmann::json slow;
  std::thread waiting([&] { slow = fetchBy("u18", server.url(kUpstream)); });
  EXPECT_TRUE(eventually([&server] { return server.requestsFor("/") == 1; }));
  server.release(10);
  waiting.join();
  EXPECT_EQ(slow.value("nanod", 0), 504) << slow;
  // Written to until the upstream notices.
  EXPECT_TRUE(eventually([&server] {
    server.release(1000);
    return server.openConnections() == 0;
  }));
}

TEST_F(UpstreamSlow, U18ATlsHandshakeThatNeverEndsEndsWithTheRequest) {
  UpstreamServer server;
  server.onConnection([](UpstreamConnection& connection) { connection.awaitEnd(); });
  deployFetcher("u18");
  std::string url = server.url(kUpstream);
  auto slow = fetchBy("u18", "https" + url.substr(url.find(':')));
  EXPECT_EQ(slow.value("nanod", 0), 504) << slow;
  EXPECT_TRUE(allClosed(server));
}

TEST_F(UpstreamSlow, U28AnUpstreamThatNeverReadsEndsWithTheRequest) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) { connection.hold(); });
  deployFetcher("u28");
  std::vector<std::thread> uploads;
  for (int i = 0; i < 5; i++) {
    uploads.emplace_back([&server] {
      auto slow =
          fetchBy("u28", server.url(kUpstream), {{"init", {{"method", "POST"}}}, {"upload", 1600}});
      EXPECT_EQ(slow.value("nanod", 0), 504) << slow;
    });
  }
  for (auto& upload : uploads)
    upload.join();
  EXPECT_TRUE(eventually([&server] {
    server.release(5);
    return server.openConnections() == 0;
  }));
}

TEST_F(UpstreamSlow, U28AnUpstreamThatStopsInTheMiddleEndsWithTheRequest) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) {
    connection.readBytes(1 << 20);
    connection.hold();
  });
  deployFetcher("u28");
  auto slow =
      fetchBy("u28", server.url(kUpstream), {{"init", {{"method", "POST"}}}, {"upload", 1600}});
  EXPECT_EQ(slow.value("nanod", 0), 504) << slow;
  EXPECT_TRUE(eventually([&server] {
    server.release();
    return server.openConnections() == 0;
  }));
}

// A body that the app does not read is not read ahead, either.
TEST_F(UpstreamSlow, U18ABodyThatNobodyReadsStaysWithTheUpstream) {
  UpstreamServer server;
  std::atomic<uint64_t> sent{0};
  server.on("/", [&sent](UpstreamConnection& connection, UpstreamRequest&) {
    connection.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n");
    const std::string piece(1 << 16, 'x');
    while (connection.isOpen()) {
      connection.send(piece);
      sent += piece.size();
    }
  });
  deployFetcher("u18b");
  auto fetched = fetchBy("u18b", server.url(kUpstream), {{"read", false}});
  EXPECT_EQ(fetched.value("status", 0), 200) << fetched;
  EXPECT_TRUE(allClosed(server)) << "the request is over";
  // Windows of ours and buffers of the kernel's.
  EXPECT_LT(sent.load(), 64u << 20);
}

TEST_F(UpstreamSlow, U30WhatAnAppFetchesEndsWithTheApp) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) { connection.awaitEnd(); });
  deployFetcher("u30");
  HttpResponse response;
  std::thread waiting([&] {
    HttpRequest request;
    request.host = hostOf("u30");
    request.method = "POST";
    request.body = nlohmann::json{{"url", server.url(kUpstream)}}.dump();
    response = sendRequest(nanod().port(), request);
  });
  EXPECT_TRUE(eventually([&server] { return server.requestsFor("/") == 1; }));
  removeApp("u30");
  EXPECT_TRUE(allClosed(server));
  waiting.join();
  EXPECT_GE(response.status, 500) << response.body;
}

TEST_F(UpstreamSlow, U30WhatIsFetchedForAClientEndsWhenTheClientGoes) {
  UpstreamServer server;
  server.on("/", [](UpstreamConnection& connection, UpstreamRequest&) { connection.awaitEnd(); });
  deployFetcher("u30");
  std::string body = nlohmann::json{{"url", server.url(kUpstream)}}.dump();
  RawConnection client(nanod().port());
  client.send("POST / HTTP/1.1\r\nHost: u30.example.test\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_TRUE(eventually([&server] { return server.requestsFor("/") == 1; }));
  client.close();
  EXPECT_TRUE(allClosed(server));
}

}  // namespace
}  // namespace nano::test
