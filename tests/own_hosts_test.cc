// fetch() of a name that DNS leads back to this server: the app that has the host answers,
// whoever's it is, and nothing is connected to.

#include <string>

#include <gtest/gtest.h>

#include "tests/harness/dns_server.h"
#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

using Files = std::map<std::string, std::string>;

Files app(const std::string& body) {
  return {{"index.js", "export default { async fetch(request) {\n" + body + "\n} };"}};
}

// What its fetch came to.
constexpr char kFront[] = R"(
  const target = new URL(request.url).searchParams.get('to');
  try {
    const response = await fetch(target, { method: request.method, body: request.body });
    return new Response(response.status + ' ' + await response.text());
  } catch (error) {
    return new Response(error.name + ': ' + error.message);
  })";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class OwnHostsTest : public testing::Test {
 protected:
  OwnHostsTest() : nanod_({{"--dns=" + dns_.address()}}) {
    for (const char* name : {"shop.test", "none.test", "mixed.test"})
      dns_.set(name, {dnsAddresses({"127.0.0.1", "::1"})});
    nanod_.deploy("front", app(kFront));
  }
  ~OwnHostsTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  std::string urlOf(const std::string& host, const std::string& path = "/") const {
    return "http://" + host + ":" + std::to_string(nanod_.port()) + path;
  }
  std::string fetched(const std::string& url) {
    return nanod_.get("front.localhost", "/?to=" + url).body;
  }

  DnsServer dns_;
  Nanod nanod_;
};

TEST_F(OwnHostsTest, AnAppOfAnotherTenantIsReachedByItsHostWhereDnsLeadsHere) {
  nanod_.deploy("shop", app(R"(
    return new Response(request.method + ' ' + request.url + ' ' + await request.text());)"),
                {"--tenant=other", "--host=shop.test/*"});
  EXPECT_EQ(fetched(urlOf("shop.test", "/x")), "200 GET " + urlOf("shop.test", "/x") + " ");
  auto explained = nanod_.nanoctl({"egress", "test", "front", urlOf("shop.test")});
  EXPECT_EQ(explained.exitCode, 0) << explained.out;
  EXPECT_NE(explained.out.find("answered by app other/shop of this server, without the network"),
            std::string::npos)
      << explained.out;
  HttpRequest post;
  post.host = "front.localhost";
  post.method = "POST";
  post.path = "/?to=" + urlOf("shop.test");
  post.body = std::string(100'000, 'b');
  auto posted = sendRequest(nanod_.port(), post);
  EXPECT_EQ(posted.body, "200 POST " + urlOf("shop.test") + " " + std::string(100'000, 'b'));
}

TEST_F(OwnHostsTest, WhereDnsLeadsElsewhereTheRouteOfAnotherTenantTakesNothing) {
  dns_.set("bank.test", {dnsAddresses({"198.51.100.1"})});
  dns_.set("mixed.test", {dnsAddresses({"127.0.0.1", "10.0.0.1"})});
  nanod_.deploy("thief", app("return new Response('stolen');"),
                {"--tenant=other", "--host=bank.test/*", "--host=mixed.test/*"});
  for (const char* host : {"bank.test", "mixed.test"}) {
    std::string answer = fetched(urlOf(host));
    EXPECT_TRUE(contains(answer, "TypeError")) << answer;
    EXPECT_FALSE(contains(answer, "stolen")) << answer;
  }
}

TEST_F(OwnHostsTest, ARequestThatComesInAgainOverTheNetworkGoesOnCounting) {
  nanod_.deploy("shop", app("return new Response('shop ' + request.headers.get('cdn-loop'));"),
                {"--tenant=other", "--host=shop.test/*"});
  HttpRequest again;
  again.host = "front.localhost";
  again.path = "/?to=" + urlOf("shop.test");
  again.headers = {"CDN-Loop: other, nano; hops=14"};
  EXPECT_TRUE(contains(sendRequest(nanod_.port(), again).body, "200 shop"));
  again.headers = {"CDN-Loop: other, nano; hops=15"};
  const std::string answer = sendRequest(nanod_.port(), again).body;
  EXPECT_TRUE(contains(answer, "TypeError") && contains(answer, "16")) << answer;
}

TEST_F(OwnHostsTest, AHostThatNoAppHasStaysDeniedWithTheReason) {
  std::string answer = fetched(urlOf("none.test"));
  EXPECT_TRUE(contains(answer, "TypeError")) << answer;
  EXPECT_TRUE(contains(answer, "nanod's own ports are not reached over the network")) << answer;
  EXPECT_TRUE(contains(answer, "no app of this server has that host")) << answer;
  std::string literal = fetched(urlOf("127.0.0.1"));
  EXPECT_TRUE(contains(literal, "nanod's own ports are not reached over the network")) << literal;
}

TEST_F(OwnHostsTest, WhatTheAppItselfDeniesStaysDenied) {
  nanod_.deploy("shop", app("return new Response('sold');"),
                {"--tenant=other", "--host=shop.test/*"});
  EXPECT_EQ(fetched(urlOf("shop.test")), "200 sold");
  Files strict = app(kFront);
  strict["nano.jsonc"] = R"({"egress": {"rules": [{"deny": {"cidr": "127.0.0.0/8"}},
                                                  {"deny": {"cidr": "::1"}}]}})";
  nanod_.deploy("front", strict);
  std::string answer = fetched(urlOf("shop.test"));
  EXPECT_TRUE(contains(answer, "TypeError")) << answer;
}

// Hostile case U27, over a name.
TEST_F(OwnHostsTest, AppsThatFetchEachOtherInACircleAreCut) {
  nanod_.deploy("shop", app(R"(
    try {
      return await fetch(request.url.replace('shop.', 'mail.'));
    } catch (error) {
      return new Response(error.message);
    })"),
                {"--tenant=one", "--host=shop.test/*"});
  nanod_.deploy("mail", app("return fetch(request.url.replace('mail.', 'shop.'));"),
                {"--tenant=two", "--host=mail.test/*"});
  dns_.set("mail.test", {dnsAddresses({"127.0.0.1"})});
  std::string answer = fetched(urlOf("shop.test"));
  EXPECT_TRUE(contains(answer, "circle")) << answer;
}

}  // namespace
}  // namespace nano::test
