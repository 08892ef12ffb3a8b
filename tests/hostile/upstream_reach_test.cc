// Hostile cases U01 to U06, U11, U12 and U29: where an app may go, and by which names.

#include <thread>

#include "tests/hostile/upstream_world.h"

namespace nano::test {
namespace {

using UpstreamReach = UpstreamTest;

TEST_F(UpstreamReach, U01LoopbackIsDenied) {
  UpstreamServer server;
  deployFetcher("d01");
  for (const char* host : {"127.0.0.1", "127.255.255.254", "0.0.0.0", "[::1]", "[::]", "localhost",
                           "app.localhost", "localhost."}) {
    EXPECT_TRUE(isDenied(fetchBy("d01", server.url(host)))) << host;
    EXPECT_TRUE(isDenied(fetchBy("d01", std::string("http://") + host + "/"))) << host;
  }
  EXPECT_EQ(server.connections(), 0u);
}

TEST_F(UpstreamReach, U01ANameThatLeadsToLoopbackIsDeniedAndDoesNotSayWhere) {
  deployFetcher("d01");
  dns().set("inside.test", {dnsAddresses({"127.0.0.1", "::1"})});
  auto fetched = fetchBy("d01", "http://inside.test/");
  EXPECT_TRUE(isDenied(fetched));
  EXPECT_EQ(fetched.value("message", "").find("127.0"), std::string::npos) << fetched;
  EXPECT_EQ(fetched.value("message", "").find("::1"), std::string::npos) << fetched;
}

TEST_F(UpstreamReach, U02OtherSpellingsOfLoopbackAreTheSameAddress) {
  UpstreamServer server;
  deployFetcher("d02");
  for (const char* host : {"2130706433", "0177.0.0.1", "0x7f000001", "0x7f.1", "127.1", "127.0.1",
                           "%31%32%37.0.0.1", "127.0.0.1.", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
                           "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]"}) {
    EXPECT_TRUE(isDenied(fetchBy("d02", server.url(host)))) << host;
  }
  // No address at all.
  for (const char* host : {"[fe80::1%25eth0]", "[fe80::1%eth0]", "127.0.0.256", "1.2.3.4.5"})
    EXPECT_TRUE(threw(fetchBy("d02", server.url(host)))) << host;
  EXPECT_EQ(server.connections(), 0u);
}

TEST_F(UpstreamReach, U02AnIpv4AddressInsideAnIpv6OneIsDeniedFromDnsToo) {
  deployFetcher("d02");
  int count = 0;
  for (const char* address :
       {"::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1"}) {
    std::string name = "v6-" + std::to_string(count++) + ".test";
    dns().set(name, {dnsAddresses({address})});
    EXPECT_TRUE(isDenied(fetchBy("d02", "http://" + name + "/"))) << address;
  }
}

// One that may go to loopback may go there, and nowhere else on the inside.
TEST_F(UpstreamReach, U03PrivateAndSpecialNetworksAreDenied) {
  deployFetcher("d03");
  deployFetcher("u03");
  int count = 0;
  for (const char* address :
       {"169.254.169.254", "100.64.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "192.0.0.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "0.1.2.3", "fd00:ec2::254",
        "fc00::1", "fe80::1", "ff02::1"}) {
    std::string host(address);
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    std::string name = "private-" + std::to_string(count++) + ".test";
    dns().set(name, {dnsAddresses({address})});
    for (const char* app : {"d03", "u03"}) {
      EXPECT_TRUE(isDenied(fetchBy(app, "http://" + host + "/"))) << app << " " << address;
      EXPECT_TRUE(isDenied(fetchBy(app, "http://" + name + "/"))) << app << " " << address;
    }
  }
}

TEST_F(UpstreamReach, U05OfAMixedNameOnlyWhatIsAllowedIsConnectedTo) {
  UpstreamServer server;
  server.answer("/", "HTTP/1.1 200 OK\r\n", "here");
  deployFetcher("u05");
  deployFetcher("u05b");
  dns().set("mixed.test", {dnsAddresses({"10.0.0.1", "127.0.0.1", "fd00::1"})});
  dns().set("private.test", {dnsAddresses({"10.0.0.1", "192.168.0.1", "fd00::1"})});
  EXPECT_TRUE(isText(fetchBy("u05", server.url("mixed.test")), "here"));
  EXPECT_TRUE(isDenied(fetchBy("u05", server.url("private.test"))));
  // Where the operator wants it, one private address spoils the name.
  EXPECT_TRUE(isText(fetchBy("u05b", server.url(kUpstream)), "here"));
  EXPECT_TRUE(isDenied(fetchBy("u05b", server.url("mixed.test"))));
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(UpstreamReach, U06AnAnswerThatChangesIsCheckedAgain) {
  UpstreamServer server;
  UpstreamServer forbidden({.address = "127.0.0.9", .port = server.port()});
  for (auto* each : {&server, &forbidden}) {
    each->answer("/", "HTTP/1.1 200 OK\r\nconnection: close\r\n",
                 each == &server ? "mine" : "evil");
  }
  deployFetcher("u06");
  dns().set("rebind.test", {dnsAddresses({"127.0.0.1"}, 0), dnsAddresses({"127.0.0.9"}, 0)});
  EXPECT_TRUE(isText(fetchBy("u06", server.url("rebind.test")), "mine"));
  EXPECT_EQ(dns().questions("rebind.test", DnsType::kA), 1u) << "between check and connect";
  nlohmann::json last;
  EXPECT_TRUE(eventually([&] {
    last = fetchBy("u06", server.url("rebind.test"));
    return !last.contains("text");
  }));
  EXPECT_TRUE(isDenied(last));
  EXPECT_EQ(forbidden.connections(), 0u);
}

TEST_F(UpstreamReach, U06AChangedAnswerCountsOnAKeptConnectionToo) {
  UpstreamServer server;
  server.answer("/", "HTTP/1.1 200 OK\r\n", "mine");
  deployFetcher("u06");
  dns().set("kept.test", {dnsAddresses({"127.0.0.1"}, 0), dnsAddresses({"10.0.0.1"}, 0)});
  EXPECT_TRUE(isText(fetchBy("u06", server.url("kept.test")), "mine"));
  nlohmann::json last;
  EXPECT_TRUE(eventually([&] {
    last = fetchBy("u06", server.url("kept.test"));
    return !last.contains("text");
  }));
  EXPECT_TRUE(isDenied(last));
}

TEST_F(UpstreamReach, U11PortsOfOtherServicesAreDeniedBeforeAnyLookup) {
  deployFetcher("d11");
  deployFetcher("u11");
  dns().set("ports.test", {dnsAddresses({"127.0.0.1"})});
  for (int port : {1, 22, 23, 25, 53, 110, 143, 445, 465, 587}) {
    std::string url = "http://ports.test:" + std::to_string(port) + "/";
    for (const char* app : {"d11", "u11"})
      EXPECT_TRUE(threw(fetchBy(app, url))) << app << " " << port;
  }
  for (int port : {3306, 5432, 6379, 8080, 11211})
    EXPECT_TRUE(isDenied(fetchBy("d11", "http://ports.test:" + std::to_string(port) + "/")))
        << port;
  EXPECT_EQ(dns().questions("ports.test", DnsType::kA), 0u);
}

TEST_F(UpstreamReach, U12WhatIsNoHttpUrlIsATypeError) {
  deployFetcher("u12");
  for (const char* url : {"unix:/run/nano/admin.sock",
                          "http+unix://%2Frun%2Fnano%2Fadmin.sock/",
                          "file:///etc/passwd",
                          "ftp://up.test/",
                          "gopher://up.test/",
                          "ws://up.test/",
                          "dict://up.test/",
                          "about:blank",
                          "",
                          "/",
                          "//up.test/",
                          "http://",
                          "http:///",
                          "http://a b/",
                          "http://a%00b/",
                          "http://up.test%0d%0a/",
                          "http://up.test%2f@evil.test/",
                          "http://user:secret@up.test/",
                          "http://up.test:0x50/",
                          "http://up.test:99999/",
                          "https://[::1",
                          "http://up^test/",
                          "http://up|test/"}) {
    EXPECT_TRUE(threw(fetchBy("u12", url))) << url;
  }
  using namespace std::string_literals;
  EXPECT_TRUE(threw(fetchBy("u12", "http://a\0b.test/"s)));
  EXPECT_EQ(dns().questions("evil.test", DnsType::kA), 0u);
}

TEST_F(UpstreamReach, U12NothingInARequestSplitsIt) {
  UpstreamServer server;
  server.answer("/ax-evil:%201", "HTTP/1.1 200 OK\r\n", "one line");
  deployFetcher("u12");
  // The URL standard takes line ends out.
  EXPECT_TRUE(isText(fetchBy("u12", server.url(kUpstream, "/a\r\nx-evil: 1")), "one line"));
  using Json = nlohmann::json;
  for (const Json& init :
       {Json{{"headers", {{"x-a", "1\r\nx-evil: 1"}}}}, Json{{"headers", {{"x-a\r\nx-evil", "1"}}}},
        Json{{"headers", {{"x-a", std::string("1\0", 2)}}}}, Json{{"headers", {{"x a", "1"}}}},
        Json{{"headers", {{"", "1"}}}}, Json{{"method", "GET / HTTP/1.1\r\nx-evil: 1"}},
        Json{{"method", "G ET"}}, Json{{"method", "CONNECT"}}, Json{{"method", "TRACE"}}}) {
    EXPECT_TRUE(threw(fetchBy("u12", server.url(kUpstream), {{"init", init}}))) << init;
  }
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(server.requests()[0].field("x-evil"), "");
}

// What frames the request is ours to say.
TEST_F(UpstreamReach, U12AnAppCannotSayHowItsRequestIsFramed) {
  UpstreamServer server;
  server.answer("/", "HTTP/1.1 200 OK\r\n", "fine");
  deployFetcher("u12");
  nlohmann::json headers = {{"content-length", "5"},
                            {"transfer-encoding", "chunked"},
                            {"connection", "x-secret"},
                            {"host", "evil.test"},
                            {"keep-alive", "timeout=1"},
                            {"te", "trailers"},
                            {"trailer", "x"},
                            {"upgrade", "h2c"},
                            {"expect", "100-continue"},
                            {"proxy-authorization", "x"}};
  auto fetched = fetchBy("u12", server.url(kUpstream),
                         {{"init", {{"method", "POST"}, {"headers", headers}, {"body", "body"}}}});
  EXPECT_TRUE(isText(fetched, "fine"));
  ASSERT_EQ(server.requests().size(), 1u);
  UpstreamRequest request = server.requests()[0];
  EXPECT_EQ(request.field("content-length"), "4");
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.field("host"), std::string(kUpstream) + ":" + std::to_string(server.port()));
  for (const char* name : {"transfer-encoding", "keep-alive", "te", "trailer", "upgrade", "expect",
                           "proxy-authorization"}) {
    EXPECT_EQ(request.field(name), "") << name;
  }
}

TEST_F(UpstreamReach, U29ASilentNameServerCostsOnlyWhoAsksIt) {
  UpstreamServer server;
  server.answer("/", "HTTP/1.1 200 OK\r\n", "fine");
  deployFetcher("u29");
  dns().set("silent.test", {dnsSilence()});
  nlohmann::json silent;
  std::thread waiting([&silent] { silent = fetchBy("u29", "http://silent.test/"); });
  dns().awaitQuestions("silent.test", DnsType::kA, 1);
  // The same app, with names that are cached and names that are not.
  for (int i = 0; i < 20; i++) {
    std::string name = "live-" + std::to_string(i) + ".test";
    dns().set(name, {dnsAddresses({"127.0.0.1"})});
    EXPECT_TRUE(isText(fetchBy("u29", server.url(name)), "fine"));
    EXPECT_TRUE(isText(fetchBy("u29", server.url(kUpstream)), "fine"));
  }
  waiting.join();
  EXPECT_TRUE(threw(silent, "silent.test"));
}

// More than a front end has lookups at a time.
TEST_F(UpstreamReach, U29AnAppThatAsksForThousandsOfSlowNamesDelaysNoOther) {
  UpstreamServer server;
  server.answer("/", "HTTP/1.1 200 OK\r\n", "fine");
  deployHandler("u29", R"(
    const { from } = await request.json();
    const fetches = [];
    for (let i = 0; i < 6; i++) fetches.push(fetch(`http://silent-${from + i}.test/`).catch(() => {}));
    await Promise.all(fetches);
    return new Response('{}');)");
  deployFetcher("u29b");
  dns().setOthers(dnsSilence());
  std::vector<std::thread> floods;
  for (int i = 0; i < 60; i++) {
    floods.emplace_back([i] {
      HttpRequest ask;
      ask.host = hostOf("u29");
      ask.method = "POST";
      ask.body = nlohmann::json{{"from", i * 6}}.dump();
      sendRequest(nanod().port(), ask);
    });
  }
  dns().awaitQuestions("silent-0.test", DnsType::kA, 1);
  for (int i = 0; i < 20; i++) {
    std::string name = "quick-" + std::to_string(i) + ".test";
    dns().set(name, {dnsAddresses({"127.0.0.1"})});
    EXPECT_TRUE(isText(fetchBy("u29b", server.url(name)), "fine"));
  }
  for (auto& flood : floods)
    flood.join();
  dns().setOthers(dnsError(3));
}

TEST_F(UpstreamReach, U29NamesThatCannotBeFoundSayWhy) {
  deployFetcher("u29");
  dns().set("broken.test", {dnsError(2)});
  dns().set("empty.test", {DnsReply()});
  EXPECT_TRUE(threw(fetchBy("u29", "http://broken.test/"), "broken.test"));
  EXPECT_TRUE(threw(fetchBy("u29", "http://empty.test/"), "has no addresses"));
  EXPECT_TRUE(threw(fetchBy("u29", "http://missing.test/"), "does not exist"));
}

}  // namespace
}  // namespace nano::test
