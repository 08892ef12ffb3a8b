#include "supervisor/egress/egress_explanation.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "supervisor/egress/destination.h"

namespace nano {
namespace {

using nlohmann::json;

std::string asked(std::string_view url) {
  auto parsed = parseAskedUrl(url);
  if (std::holds_alternative<std::string>(parsed)) return "refused";
  const auto& destination = std::get<Destination>(parsed);
  return describe(destination) + destination.target;
}

AppEgressPolicy refusingMixed() {
  auto settings = std::make_shared<EgressSettings>();
  settings->mixed = EgressSettings::Mixed::kRefuse;
  settings->proxy = "http://proxy:3128";
  return AppEgressPolicy({{{"operator: egress", settings}}, nullptr, nullptr});
}

json explained(const AppEgressPolicy& policy, std::string_view url,
               std::initializer_list<std::string_view> addresses) {
  std::vector<IpAddress> parsed;
  for (auto address : addresses)
    parsed.push_back(*parseIpAddress(address));
  return explainEgress(policy, std::get<Destination>(parseAskedUrl(url)), parsed);
}

TEST(EgressExplanationTest, TakesWhatAPersonWrites) {
  EXPECT_EQ(asked("https://example.com"), "https://example.com/");
  EXPECT_EQ(asked("https://example.com:8443/x?y"), "https://example.com:8443/x?y");
  EXPECT_EQ(asked("tcp://db:5432"), "tcp://db:5432");
  EXPECT_EQ(asked("tls://[::1]:443"), "tls://[::1]:443");
  for (const char* url :
       {"", "example.com", "https://Example.com", "tcp://db", "tcp://db:", "tcp://", "tcp://db:x",
        "tcp://db:0", "tcp://db:65536", "tcp://db:1/", "ftp://a", "https://a?b", "https://"}) {
    EXPECT_EQ(asked(url), "refused") << url;
  }
}

TEST(EgressExplanationTest, SaysWhatIsDecidedByNameAndOfEachAddress) {
  json result = explained(AppEgressPolicy({}), "https://a.b", {"10.1.2.3", "8.8.8.8"});
  EXPECT_EQ(result["destination"], "https://a.b");
  EXPECT_EQ(result["allowed"], true);
  EXPECT_EQ(result["proxy"], json());
  EXPECT_EQ(result["by_name"], (json{{"allowed", true}, {"rule", "built-in: public addresses"}}));
  ASSERT_EQ(result["addresses"].size(), 2u);
  EXPECT_EQ(result["addresses"][0],
            (json{{"address", "10.1.2.3"},
                  {"class", "private"},
                  {"reason", "private use"},
                  {"block", "10.0.0.0/8"},
                  {"allowed", false},
                  {"rule", "built-in: public addresses only, and this one is private"},
                  {"used", false}}));
  EXPECT_EQ(result["addresses"][1]["class"], "public");
  EXPECT_EQ(result["addresses"][1]["used"], true);
}

TEST(EgressExplanationTest, IsDeniedWhenNoAddressIsLeft) {
  EXPECT_EQ(explained(AppEgressPolicy({}), "https://a.b", {"10.1.2.3"})["allowed"], false);
  EXPECT_EQ(explained(AppEgressPolicy({}), "https://a.b", {})["allowed"], true);
  EXPECT_EQ(explained(AppEgressPolicy({}), "https://a.b:22", {"8.8.8.8"})["allowed"], false);
  json mixed = explained(refusingMixed(), "https://a.b", {"8.8.8.8", "10.1.2.3"});
  EXPECT_EQ(mixed["allowed"], false);
  EXPECT_EQ(mixed["addresses"][0]["allowed"], true);
  EXPECT_EQ(mixed["addresses"][0]["used"], false);
  EXPECT_EQ(mixed["proxy"], "http://proxy:3128");
}

}  // namespace
}  // namespace nano
