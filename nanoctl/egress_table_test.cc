#include "nanoctl/egress_table.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

using nlohmann::json;

json answer() {
  return json::parse(R"({"destination": "https://db.example", "proxy": null, "allowed": true,
      "by_name": {"allowed": true, "rule": "built-in: public addresses"},
      "addresses": [
        {"address": "10.2.0.7", "class": "private", "reason": "private use",
         "block": "10.0.0.0/8", "allowed": false, "rule": "built-in: no", "used": false},
        {"address": "2606:4700::1", "class": "public", "reason": "", "block": "2606:4700::1/128",
         "allowed": true, "rule": "operator: egress.rules[0]", "used": true}]})");
}

TEST(EgressTableTest, ShowsTheRuleForTheNameAndForEachAddress) {
  EXPECT_EQ(egressTable(answer()),
            "https://db.example: allowed\n"
            "  by name       allowed  built-in: public addresses\n"
            "  10.2.0.7      denied   private (private use, 10.0.0.0/8): built-in: no\n"
            "  2606:4700::1  allowed  public: operator: egress.rules[0]\n");
}

TEST(EgressTableTest, SaysWhyAnAllowedAddressIsNotUsed) {
  json mixed = answer();
  mixed["allowed"] = false;
  mixed["addresses"][1]["used"] = false;
  EXPECT_NE(egressTable(mixed).find("2606:4700::1  not used  public"), std::string::npos)
      << egressTable(mixed);
}

TEST(EgressTableTest, SaysWhenNoAddressWasLookedAt) {
  json plain = answer();
  plain["addresses"] = json::array();
  EXPECT_NE(egressTable(plain).find("decided by name alone"), std::string::npos);
  plain["not_found"] = "does not exist";
  EXPECT_NE(egressTable(plain).find("its name has no address: does not exist"), std::string::npos);
  plain["proxy"] = "http://proxy:3128";
  EXPECT_NE(egressTable(plain).find("through the proxy http://proxy:3128"), std::string::npos);
}

TEST(EgressTableTest, SaysWhichAppOfThisServerAnswers) {
  json served = answer();
  served["addresses"] = json::array();
  served["served_by"] = "other/mail";
  EXPECT_EQ(egressTable(served),
            "https://db.example: allowed\n"
            "  by name  allowed  built-in: public addresses\n"
            "answered by app other/mail of this server, without the network\n");
  served["allowed"] = false;
  EXPECT_NE(egressTable(served).find("\nit is a host of app other/mail of this server"),
            std::string::npos);
}

TEST(EgressTableTest, SurvivesAnAnswerOfAnotherBuild) {
  EXPECT_NE(egressTable(json::object()), "");
  EXPECT_NE(egressTable({{"addresses", {json::object(), 1}}}), "");
}

}  // namespace
}  // namespace nano
