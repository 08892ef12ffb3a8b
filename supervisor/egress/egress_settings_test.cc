#include "supervisor/egress/egress_settings.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace nano {
namespace {

using nlohmann::json;
using Read = std::variant<EgressSettings, EgressSettingsProblem>;

// The value of the key "egress" of a file that begins with "{".
Read readAs(EgressAuthor author, const std::string& value) {
  auto parsed = parseLocatedJson("{\"egress\":\n" + value + "}");
  if (auto* why = std::get_if<std::string>(&parsed)) ADD_FAILURE() << *why;
  return readEgressSettings(std::get<LocatedJson>(parsed).members[0].value, "egress", author);
}
EgressSettings good(const std::string& value, EgressAuthor author = EgressAuthor::kOperator) {
  auto read = readAs(author, value);
  if (auto* problem = std::get_if<EgressSettingsProblem>(&read)) {
    ADD_FAILURE() << problem->what;
    return {};
  }
  return std::get<EgressSettings>(read);
}
// "LINE: WHAT"
std::string problemOf(const std::string& value, EgressAuthor author = EgressAuthor::kOperator) {
  auto read = readAs(author, value);
  auto* problem = std::get_if<EgressSettingsProblem>(&read);
  return problem == nullptr ? "" : std::to_string(problem->line) + ": " + problem->what;
}
std::string ruleProblem(const std::string& conditions) {
  return problemOf("{\"rules\": [{\"allow\": " + conditions + "}]}");
}

TEST(EgressSettingsTest, TakesEveryKeyOfAnOperator) {
  EgressSettings settings = good(R"({"rules": [
      {"allow": {"host": "*.Internal.Example.", "cidr": "10.1.0.0/16",
                 "ports": [5432, "8000-8999", "25"], "scheme": "tcp"}},
      {"deny": {"host": ["a.b", "*"], "cidr": ["fd00::/8", "8.8.8.8"], "scheme": ["http", "tls"]}},
      {"deny": {}}],
    "proxy": "http://proxy:3128/", "dns_private": "refuse"})");
  ASSERT_EQ(settings.rules.size(), 3u);
  const EgressRule& first = settings.rules[0];
  EXPECT_EQ(first.action, EgressRule::Action::kAllow);
  ASSERT_EQ(first.hosts.size(), 1u);
  EXPECT_EQ(first.hosts[0], (EgressRule::Host{EgressRule::Host::Kind::kBelow, "internal.example"}));
  ASSERT_EQ(first.blocks.size(), 1u);
  EXPECT_EQ(toString(first.blocks[0]), "10.1.0.0/16");
  EXPECT_EQ(first.ports, (std::vector<EgressRule::Ports>{{5432, 5432}, {8000, 8999}, {25, 25}}));
  EXPECT_EQ(first.schemes, std::vector{Destination::Scheme::kTcp});
  EXPECT_EQ(settings.rules[1].action, EgressRule::Action::kDeny);
  EXPECT_EQ(settings.rules[1].hosts[1].kind, EgressRule::Host::Kind::kAny);
  EXPECT_EQ(toString(settings.rules[1].blocks[1]), "8.8.8.8/32");
  EXPECT_EQ(settings.rules[2], EgressRule{});
  EXPECT_EQ(settings.proxy, "http://proxy:3128");
  EXPECT_EQ(settings.mixed, EgressSettings::Mixed::kRefuse);
  EXPECT_FALSE(settings.isNone);
  EXPECT_TRUE(good("\"none\"").isNone);
  EXPECT_EQ(good("{\"proxy\": \"none\"}").proxy, "");
  EXPECT_EQ(good("{\"proxy\": \"http://[fd00::1]:3128\"}").proxy, "http://[fd00::1]:3128");
  EXPECT_EQ(good("{}"), EgressSettings{});
}

TEST(EgressSettingsTest, PrivateStandsForThePrivateBlocks) {
  auto rule = good(R"({"rules": [{"allow": {"private": true, "cidr": "127.0.0.0/8"}}]})").rules[0];
  EXPECT_EQ(rule.blocks.size(), 6u);
}

TEST(EgressSettingsTest, PrivateIsTrueOrLeftOut) {
  EXPECT_NE(ruleProblem(R"({"private": false})").find(".private must be true, or be left out"),
            std::string::npos)
      << ruleProblem(R"({"private": false})");
}

// Hostile case S14.
TEST(EgressSettingsTest, NamesLineAndKeyOfWhatIsWrong) {
  EXPECT_EQ(problemOf("{\n\"rule\": []}"),
            "3: egress: nanod does not know the key 'rule'; it knows rules, proxy, dns_private");
  EXPECT_EQ(problemOf("{\"rules\": [\n{\"deny\": {}},\n{\"allow\": {\"host\":\n\"1.2.3.4\"}}]}"),
            "4: egress.rules[1].allow.host: '1.2.3.4' is an address: it goes into 'cidr'");
  EXPECT_EQ(problemOf("{\"rules\": [{\"allow\": {\"ports\": [\n1,\n0]}}]}"),
            "4: egress.rules[0].allow.ports must be ports like 443 or \"8000-8999\", from 1 to "
            "65535");
  EXPECT_EQ(ruleProblem("{\"cidr\": \"10.1.0.0/8\"}"),
            "2: egress.rules[0].allow.cidr: '10.1.0.0/8' has bits behind its length: 10.0.0.0/8 is "
            "the block that it is in");
  EXPECT_EQ(ruleProblem("{\"tls\": 1}"),
            "2: egress.rules[0].allow: nanod does not know the key 'tls'; it knows host, cidr, "
            "private, ports, scheme");
  EXPECT_EQ(ruleProblem("{\"host\": []}"),
            "2: egress.rules[0].allow.host is an empty list: leave it out");
}

TEST(EgressSettingsTest, RefusesWrongValues) {
  for (const char* value : {"1",
                            "[]",
                            "true",
                            "\"off\"",
                            "{\"rules\": {}}",
                            "{\"rules\": [1]}",
                            "{\"rules\": [{}]}",
                            "{\"rules\": [{\"permit\": {}}]}",
                            "{\"rules\": [{\"allow\": {}, \"deny\": {}}]}",
                            "{\"rules\": [{\"allow\": []}]}",
                            "{\"rules\": [{\"allow\": \"*\"}]}",
                            "{\"proxy\": 1}",
                            "{\"proxy\": \"\\u0000\"}",
                            "{\"proxy\": \"proxy:3128\"}",
                            "{\"proxy\": \"https://p:1\"}",
                            "{\"proxy\": \"http://u:p@proxy:3128\"}",
                            "{\"proxy\": \"http://proxy:3128/x\"}",
                            "{\"proxy\": \"http://127.1:3128\"}",
                            "{\"dns_private\": \"allow\"}",
                            "{\"dns_private\": true}"}) {
    EXPECT_NE(problemOf(value), "") << value;
  }
  for (const char* conditions : {R"({"host": 1})",
                                 R"({"host": ""})",
                                 R"({"host": "a b"})",
                                 R"({"host": "*a.com"})",
                                 R"({"host": "a.*.com"})",
                                 R"({"host": "*."})",
                                 R"({"host": "**"})",
                                 R"({"host": "[::1]"})",
                                 R"({"host": "::1"})",
                                 R"({"host": "127.1"})",
                                 R"({"host": "*.1"})",
                                 R"({"host": "a.com:80"})",
                                 R"({"host": "http://a.com"})",
                                 R"({"host": "a..b"})",
                                 R"({"host": ["a", 1]})",
                                 R"({"cidr": "10/8"})",
                                 R"({"cidr": 10})",
                                 R"({"cidr": "a.com"})",
                                 R"({"cidr": ""})",
                                 R"({"ports": 0})",
                                 R"({"ports": 65536})",
                                 R"({"ports": -1})",
                                 R"({"ports": "1-"})",
                                 R"({"ports": "-1"})",
                                 R"({"ports": "2-1"})",
                                 R"({"ports": "1-2-3"})",
                                 R"({"ports": "0-1"})",
                                 R"({"ports": "1 - 2"})",
                                 R"({"ports": "a"})",
                                 R"({"ports": true})",
                                 R"({"ports": ""})",
                                 R"({"scheme": "ftp"})",
                                 R"({"scheme": "HTTP"})",
                                 R"({"scheme": 1})",
                                 R"({"private": 1})",
                                 R"({"private": "yes"})"}) {
    EXPECT_NE(ruleProblem(conditions), "") << conditions;
  }
}

TEST(EgressSettingsTest, HoldsRulesToTheirNumber) {
  auto rules = [](size_t count) {
    std::string text = "{\"rules\": [{\"deny\": {}}";
    for (size_t i = 1; i < count; ++i)
      text += ", {\"deny\": {}}";
    return text + "]}";
  };
  EXPECT_EQ(problemOf(rules(kMaxAppEgressRules), EgressAuthor::kApp), "");
  EXPECT_EQ(problemOf(rules(kMaxAppEgressRules + 1), EgressAuthor::kApp),
            "2: egress.rules has more than 100 rules");
  EXPECT_EQ(problemOf(rules(kMaxOperatorEgressRules)), "");
  EXPECT_NE(problemOf(rules(kMaxOperatorEgressRules + 1)), "");
  std::string entries = "1";
  for (size_t i = 1; i < kMaxEgressRuleEntries; ++i)
    entries += ", 1";
  EXPECT_EQ(ruleProblem("{\"ports\": [" + entries + "]}"), "");
  EXPECT_NE(ruleProblem("{\"ports\": [" + entries + ", 1]}"), "");
  std::string blocks = "\"10.0.0.0/8\"";
  for (size_t i = 1; i < kMaxEgressRuleEntries - 5; ++i)
    blocks += ", \"10.0.0.0/8\"";
  EXPECT_EQ(ruleProblem("{\"private\": true, \"cidr\": [" + blocks + "]}"), "");
  EXPECT_EQ(ruleProblem("{\"private\": true, \"cidr\": [" + blocks + ", \"::/0\"]}"),
            "2: egress.rules[0].allow.cidr has more than 32 entries");
}

TEST(EgressSettingsTest, AnAppHasRulesAndNothingElse) {
  EXPECT_EQ(problemOf("{\"proxy\": \"http://p:1\"}", EgressAuthor::kApp),
            "2: egress: nanod does not know the key 'proxy'; it knows rules");
  EXPECT_NE(problemOf("{\"dns_private\": \"drop\"}", EgressAuthor::kApp), "");
  EXPECT_TRUE(good("\"none\"", EgressAuthor::kApp).isNone);
}

TEST(EgressSettingsTest, WhatAnAppSaysHasOneForm) {
  for (const char* text :
       {R"("none")", R"({})", R"({"rules": [{"deny": {}}]})",
        R"({"rules": [{"allow": {"host": ["A.b", "*.c.d", "*"], "cidr": "::ffff:10.0.0.0/104",
            "private": true, "ports": [1, "2-3", "4-4"], "scheme": ["tls", "http"]}}]})"}) {
    auto read = readAppEgress(json::parse(text), "egress");
    ASSERT_TRUE(std::holds_alternative<EgressSettings>(read)) << text;
    json written = appEgressJson(std::get<EgressSettings>(read));
    auto again = readAppEgress(written, "egress");
    ASSERT_TRUE(std::holds_alternative<EgressSettings>(again)) << written;
    EXPECT_EQ(std::get<EgressSettings>(again), std::get<EgressSettings>(read)) << text;
    EXPECT_EQ(appEgressJson(std::get<EgressSettings>(again)), written);
  }
}

TEST(EgressSettingsTest, OfAnAppNothingIsReadThatIsTooLarge) {
  EXPECT_EQ(std::get<std::string>(readAppEgress(json(std::vector<int>(20'000, 1)), "egress"))
                .substr(0, 8),
            "egress: ");
  EXPECT_EQ(std::get<std::string>(readAppEgress({{"rules", {1}}}, "nano.egress")),
            "nano.egress.rules[0] must be {\"allow\": {...}} or {\"deny\": {...}}");
}

}  // namespace
}  // namespace nano
