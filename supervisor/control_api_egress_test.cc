#include <gtest/gtest.h>

#include "supervisor/control_api_fixture.h"

namespace nano {
namespace {

using Json = nlohmann::json;

constexpr char kShopEgress[] = "/nano/v1/accounts/default/scripts/shop/egress";

class FakeResolver final : public Resolver {
 public:
  kj::Promise<Resolution> resolve(std::string host) override {
    asked.push_back(std::move(host));
    return answer;
  }
  std::vector<std::string> asked;
  Resolution answer = NameNotFound{};
};

using ControlApiEgressTest = ControlApiTest;

TEST_F(ControlApiEgressTest, SaysWhatIsDecidedAboutADestinationOfAnApp) {
  put(form(kMetadata));
  policy_ = policyOf(R"({"egress": {"rules": [{"deny": {"cidr": "8.8.8.0/24"}}]}})");
  std::string path = std::string(kShopEgress) + "?url=https%3A%2F%2Fa.b&address=";
  Json result = ask("GET", path + "8.8.8.8,10.0.0.1%2C1.1.1.1,")->json()["result"];
  EXPECT_EQ(result["url"], "https://a.b");
  EXPECT_EQ(result["allowed"], true);
  ASSERT_EQ(result["addresses"].size(), 3u);
  EXPECT_EQ(result["addresses"][0]["rule"], "operator: egress.rules[0]");
  EXPECT_EQ(result["addresses"][1]["class"], "private");
  EXPECT_EQ(result["addresses"][2]["used"], true);
  EXPECT_EQ(ask("GET", path)->json()["result"]["addresses"], Json::array());
  std::string literal = std::string(kShopEgress) + "?url=http%3A%2F%2F127.0.0.1%2F";
  EXPECT_EQ(ask("GET", literal)->json()["result"]["addresses"][0]["class"], "loopback");
  EXPECT_EQ(ask("GET", path + "8.8.8")->status, 400);
  Json refused = ask("GET", std::string(kShopEgress) + "?url=HTTP%3A%2F%2FA")->json()["result"];
  EXPECT_NE(refused["refused"].get<std::string>().find("'HTTP://A/'"), std::string::npos);
  EXPECT_EQ(ask("GET", "/nano/v1/accounts/default/scripts/blog/egress?url=http://a")->status, 404);
}

TEST_F(ControlApiEgressTest, SaysWhichAppOfThisServerAnswersWithoutTheNetwork) {
  FakeResolver resolver;
  ControlApi api({*registry_, *deployer_, server_, log_, policy_, &resolver}, 8787);
  put(form(kMetadata));
  put(form(kMetadata), "/client/v4/accounts/other/workers/scripts/mail");
  auto ask = [this, &api](const std::string& url) {
    FakeExchange exchange("GET", std::string(kShopEgress) + "?url=http://" + url);
    api.handle(exchange);
    turn();
    return exchange.json()["result"];
  };
  Json own = ask("shop.localhost:8787");
  EXPECT_EQ(own["served_by"], "default/shop");
  EXPECT_EQ(own["allowed"], true);
  EXPECT_EQ(ask("mail.other.localhost")["served_by"], "other/mail");
  policy_ = policyOf(R"({"egress": "none"})");
  EXPECT_EQ(ask("shop.localhost")["allowed"], true);
  Json denied = ask("mail.other.localhost:8787");
  EXPECT_EQ(denied["allowed"], false);
  EXPECT_EQ(denied["by_name"]["rule"], "operator: egress is \"none\"");
  EXPECT_TRUE(resolver.asked.empty());
  EXPECT_FALSE(ask("mail.other.localhost:9999").contains("served_by"));
}

TEST_F(ControlApiEgressTest, LooksANameUpThatNobodyGaveAnAddressFor) {
  FakeResolver resolver;
  ControlApi api({*registry_, *deployer_, server_, log_, policy_, &resolver}, 8787);
  put(form(kMetadata));
  auto ask = [this, &api](const std::string& url) {
    FakeExchange exchange("GET", std::string(kShopEgress) + "?url=http://" + url);
    api.handle(exchange);
    turn();
    return exchange.json()["result"];
  };
  resolver.answer = std::vector<IpAddress>{*parseIpAddress("10.0.0.1")};
  EXPECT_EQ(ask("a.b")["addresses"][0]["address"], "10.0.0.1");
  EXPECT_EQ(resolver.asked, std::vector<std::string>{"a.b"});
  resolver.answer = NameNotFound{"does not exist"};
  EXPECT_EQ(ask("a.b")["not_found"], "does not exist");
  EXPECT_EQ(ask("a.b")["allowed"], false);
  EXPECT_EQ(ask("8.8.8.8")["allowed"], true);
  EXPECT_EQ(resolver.asked.size(), 3u);
}

}  // namespace
}  // namespace nano
