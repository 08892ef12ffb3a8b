// Hostile cases U04, U08, U09 and U27: ways back to ourselves, and answers that send an app
// elsewhere.

#include "tests/hostile/upstream_world.h"

namespace nano::test {
namespace {

using UpstreamRedirect = UpstreamTest;

std::string redirectTo(const std::string& location, const std::string& status = "302 Found") {
  return "HTTP/1.1 " + status + "\r\nlocation: " + location + "\r\n";
}

std::string ownUrl(const std::string& host, uint16_t port) {
  return "http://" + host + ":" + std::to_string(port) + "/fine";
}

TEST_F(UpstreamRedirect, U04NoSocketLeadsBackToThisServer) {
  deployFetcher("u04");
  dns().set("me.test", {dnsAddresses({"127.0.0.1"})});
  for (const char* host : {"127.0.0.1", "127.0.0.2", "0.0.0.0", "[::1]", "me.test"}) {
    auto fetched = fetchBy("u04", ownUrl(host, nanod().port()));
    EXPECT_TRUE(threw(fetched)) << host;
  }
}

TEST_F(UpstreamRedirect, U08ARedirectGoesNowhereThatTheAppMayNotGo) {
  UpstreamServer server;
  deployFetcher("u08");
  dns().set("inside.test", {dnsAddresses({"10.0.0.1"})});
  std::string own = ownUrl("127.0.0.1", nanod().port());
  int count = 0;
  for (const std::string& location :
       {std::string("http://10.0.0.1/"), std::string("http://169.254.169.254/latest/meta-data/"),
        std::string("http://inside.test/"), std::string("//10.0.0.1/"),
        std::string("http://[fd00::1]/"), own, std::string("file:///etc/passwd"),
        std::string("gopher://up.test/"), std::string("data:text/plain,evil"),
        std::string("ftp://up.test/"), std::string("unix:/run/nano/admin.sock"),
        std::string("javascript:1"), std::string("blob:x"), std::string("http://"),
        std::string("http://up.test:22/")}) {
    std::string path = "/" + std::to_string(count++);
    server.answer(path, redirectTo(location), "not this");
    EXPECT_TRUE(threw(fetchBy("u08", server.url(kUpstream, path)))) << location;
    // And from the second hop.
    server.answer(path + "/twice", redirectTo(path), "not this");
    EXPECT_TRUE(threw(fetchBy("u08", server.url(kUpstream, path + "/twice")))) << location;
  }
}

TEST_F(UpstreamRedirect, U08ARedirectToAnotherHostLeavesSecretsBehind) {
  UpstreamServer server;
  UpstreamServer other;
  server.answer("/", redirectTo(other.url("other.test")), "");
  other.answer("/", "HTTP/1.1 200 OK\r\n", "other");
  dns().set("other.test", {dnsAddresses({"127.0.0.1"})});
  deployFetcher("u08");
  nlohmann::json headers = {{"authorization", "Bearer secret"}, {"x-kept", "1"}};
  EXPECT_TRUE(
      isText(fetchBy("u08", server.url(kUpstream), {{"init", {{"headers", headers}}}}), "other"));
  ASSERT_EQ(other.requests().size(), 1u);
  EXPECT_EQ(server.requests()[0].field("authorization"), "Bearer secret");
  EXPECT_EQ(other.requests()[0].field("authorization"), "");
  EXPECT_EQ(other.requests()[0].field("x-kept"), "1");
}

TEST_F(UpstreamRedirect, U09ALoopOfRedirectsEndsAfterTwenty) {
  UpstreamServer server;
  server.answer("/loop", redirectTo("/loop"), "");
  server.answer("/ping", redirectTo("/pong", "307 Temporary Redirect"), "");
  server.answer("/pong", redirectTo("/ping", "301 Moved Permanently"), "");
  deployFetcher("u09");
  EXPECT_TRUE(threw(fetchBy("u09", server.url(kUpstream, "/loop"))));
  EXPECT_EQ(server.requestsFor("/loop"), 21u);
  EXPECT_TRUE(threw(fetchBy("u09", server.url(kUpstream, "/ping"))));
  EXPECT_EQ(server.requestsFor("/ping") + server.requestsFor("/pong"), 21u);
}

TEST_F(UpstreamRedirect, U09AnAppThatFollowsByHandSeesWhatItAskedFor) {
  UpstreamServer server;
  server.answer("/", redirectTo("http://10.0.0.1/"), "");
  deployFetcher("u09");
  auto manual = fetchBy("u09", server.url(kUpstream), {{"init", {{"redirect", "manual"}}}});
  EXPECT_EQ(manual.value("status", 0), 302) << manual;
  EXPECT_TRUE(threw(fetchBy("u09", server.url(kUpstream), {{"init", {{"redirect", "error"}}}})));
}

TEST_F(UpstreamRedirect, U08ALocationThatSplitsTheNextRequestDoesNot) {
  UpstreamServer server;
  server.answer("/", redirectTo("/next%0d%0ax-evil:%201"), "");
  server.answer("/next%0d%0ax-evil:%201", "HTTP/1.1 200 OK\r\n", "next");
  deployFetcher("u08");
  EXPECT_TRUE(isText(fetchBy("u08", server.url(kUpstream)), "next"));
  EXPECT_EQ(server.requests().back().field("x-evil"), "");
}

// Each request of the app fetches the app. The innermost gets an error; nobody waits for ever.
TEST_F(UpstreamRedirect, U27AnAppThatFetchesItselfIsStoppedAtADepth) {
  deployHandler("u27", R"(
    calls++;
    if (path === '/calls') return new Response(String(calls - 1));
    try {
      return await fetch(request.url);
    } catch (error) {
      return new Response(error.name + ': ' + error.message, { status: 508 });
    })",
                "let calls = 0;");
  std::string host = hostOf("u27") + ":" + std::to_string(nanod().port());
  HttpRequest request;
  request.host = host;
  request.path = "/again";
  HttpResponse response = sendRequest(nanod().port(), request);
  EXPECT_EQ(response.status, 508) << response.body;
  EXPECT_TRUE(response.body.starts_with("TypeError: ")) << response.body;
  request.path = "/calls";
  std::string calls = sendRequest(nanod().port(), request).body;
  EXPECT_GT(std::atoi(calls.c_str()), 1) << "it never reached itself";
  EXPECT_LE(std::atoi(calls.c_str()), 17);
}

}  // namespace
}  // namespace nano::test
