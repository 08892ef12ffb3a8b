#include "supervisor/egress/app_egress_policy.h"

#include <gtest/gtest.h>

#include "supervisor/egress/admitted_addresses.h"
#include "supervisor/egress/destination.h"
#include "supervisor/egress/egress_settings.h"

namespace nano {
namespace {

using Scheme = Destination::Scheme;
using Settings = std::shared_ptr<const EgressSettings>;

Settings settings(const std::string& value, EgressAuthor author = EgressAuthor::kOperator) {
  auto parsed = parseLocatedJson("{\"egress\": " + value + "}");
  if (auto* why = std::get_if<std::string>(&parsed)) ADD_FAILURE() << *why;
  auto read = readEgressSettings(std::get<LocatedJson>(parsed).members[0].value, "egress", author);
  if (auto* problem = std::get_if<EgressSettingsProblem>(&read)) ADD_FAILURE() << problem->what;
  return std::make_shared<const EgressSettings>(std::get<EgressSettings>(std::move(read)));
}
Settings rules(const std::string& list, EgressAuthor author = EgressAuthor::kOperator) {
  return settings("{\"rules\": [" + list + "]}", author);
}

AppEgressPolicy operators(const std::string& list) {
  return AppEgressPolicy({{{"operator: egress", rules(list)}}, nullptr, nullptr});
}
AppEgressPolicy withApp(const std::string& operatorsList, const std::string& appsList) {
  return AppEgressPolicy(
      {{{"operator: egress", rules(operatorsList)}}, rules(appsList, EgressAuthor::kApp), nullptr});
}

Destination to(std::string_view url) {
  for (auto [name, scheme] :
       {std::pair{"tcp://", Scheme::kTcp}, std::pair{"tls://", Scheme::kTls}}) {
    if (!url.starts_with(name)) continue;
    size_t colon = url.rfind(':');
    auto port = static_cast<uint16_t>(std::stoi(std::string(url.substr(colon + 1))));
    return std::get<Destination>(makeDestination(scheme, url.substr(6, colon - 6), port));
  }
  return std::get<Destination>(parseDestination(std::string(url) + "/"));
}
IpAddress ip(std::string_view text) { return parseIpAddress(text).value(); }

// "yes RULE" or "no RULE".
std::string text(const EgressDecision& decision) {
  return (decision.allowed ? "yes " : "no ") + decision.rule;
}
std::string said(const EgressPolicy& policy, std::string_view url, std::string_view address = "") {
  return text(address.empty() ? policy.decide(to(url)) : policy.decide(to(url), ip(address)));
}
bool allows(const EgressPolicy& policy, std::string_view url, std::string_view address = "") {
  return said(policy, url, address).starts_with("yes ");
}

const AppEgressPolicy kBuiltIn({});

TEST(AppEgressPolicyTest, WithoutRulesPublicAddressesAreAllowed) {
  EXPECT_EQ(said(kBuiltIn, "https://example.com"), "yes built-in: public addresses");
  EXPECT_EQ(said(kBuiltIn, "https://example.com", "93.184.216.34"),
            "yes built-in: public addresses");
  EXPECT_EQ(said(kBuiltIn, "https://example.com", "10.0.0.1"),
            "no built-in: public addresses only, and this one is private");
  EXPECT_EQ(said(kBuiltIn, "https://example.com", "::ffff:169.254.169.254"),
            "no built-in: public addresses only, and this one is metadata");
}

// Hostile case U01.
TEST(AppEgressPolicyTest, AHostThatIsAnAddressIsDecidedByItAtOnce) {
  EXPECT_FALSE(allows(kBuiltIn, "http://127.0.0.1"));
  EXPECT_FALSE(allows(kBuiltIn, "http://[::1]"));
  EXPECT_FALSE(allows(kBuiltIn, "http://0.0.0.0"));
  EXPECT_FALSE(allows(kBuiltIn, "tcp://[::ffff:7f00:1]:5432"));
  EXPECT_TRUE(allows(kBuiltIn, "http://8.8.8.8"));
  EXPECT_TRUE(allows(kBuiltIn, "http://[64:ff9b::808:808]"));
}

// Hostile case U11.
TEST(AppEgressPolicyTest, FetchHasItsPortsAndSocketsAllButMail) {
  for (const char* url : {"http://a.b", "http://a.b:443", "https://a.b", "https://a.b:80",
                          "tcp://a.b:22", "tcp://a.b:5432", "tls://a.b:443", "tls://a.b:465"}) {
    EXPECT_TRUE(allows(kBuiltIn, url)) << url;
  }
  for (const char* url : {"http://a.b:22", "http://a.b:25", "https://a.b:6379", "http://a.b:8080"})
    EXPECT_EQ(said(kBuiltIn, url), "no built-in: fetch() goes to ports 80 and 443") << url;
  for (const char* url : {"tcp://a.b:25", "tls://a.b:25"})
    EXPECT_EQ(said(kBuiltIn, url), "no built-in: no socket to port 25, which is for mail") << url;
}

TEST(AppEgressPolicyTest, TheFirstRuleThatIsMetHolds) {
  auto policy = operators(R"({"deny": {"host": "bad.example.com"}},
                             {"allow": {"host": "*.example.com"}}, {"deny": {}})");
  EXPECT_EQ(said(policy, "https://bad.example.com"), "no operator: egress.rules[0]");
  EXPECT_EQ(said(policy, "https://good.example.com"), "yes operator: egress.rules[1]");
  EXPECT_EQ(said(policy, "https://good.example.com", "8.8.8.8"), "yes operator: egress.rules[1]");
  EXPECT_EQ(said(policy, "https://example.com"), "no operator: egress.rules[2]");
  EXPECT_EQ(said(policy, "https://8.8.8.8"), "no operator: egress.rules[2]");
}

// Hostile case U06: whoever answers for a name says which address it has.
TEST(AppEgressPolicyTest, ARuleOfAHostOpensNoInsideAddress) {
  auto policy = operators(R"({"allow": {"host": "db.example.com", "ports": [80, 5432]}})");
  EXPECT_TRUE(allows(policy, "http://db.example.com", "8.8.8.8"));
  EXPECT_EQ(said(policy, "http://db.example.com", "10.1.2.3"),
            "no built-in: public addresses only, and this one is private");
  auto opened = operators(R"({"allow": {"host": "db.example.com", "cidr": "10.1.0.0/16",
                                        "ports": 5432}})");
  EXPECT_EQ(said(opened, "tcp://db.example.com:5432", "10.1.2.3"), "yes operator: egress.rules[0]");
  EXPECT_FALSE(allows(opened, "tcp://db.example.com:5432", "10.2.2.3"));
  EXPECT_FALSE(allows(opened, "tcp://db.example.com:5433", "10.1.2.3"));
  EXPECT_FALSE(allows(opened, "tcp://other.example.com:5432", "10.1.2.3"));
  EXPECT_FALSE(allows(opened, "tcp://10.1.2.3:5432"));
}

TEST(AppEgressPolicyTest, PrivateOpensPrivateNetworksAndNothingElse) {
  auto policy = operators(R"({"allow": {"private": true}})");
  for (const char* address : {"10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "fd00::1",
                              "::ffff:10.0.0.1", "8.8.8.8"}) {
    EXPECT_TRUE(allows(policy, "http://a.b", address)) << address;
  }
  for (const char* address : {"127.0.0.1", "::1", "169.254.169.254", "169.254.1.1", "fe80::1",
                              "fd00:ec2::254", "100.100.100.200", "0.0.0.0", "224.0.0.1",
                              "255.255.255.255", "64:ff9b::10.0.0.1", "192.0.2.1"}) {
    EXPECT_FALSE(allows(policy, "http://a.b", address)) << address;
  }
}

TEST(AppEgressPolicyTest, ABlockThatIsTooLargeOpensNothing) {
  auto policy = operators(R"({"allow": {"cidr": ["0.0.0.0/0", "::/0", "169.254.0.0/16"]}})");
  for (const char* address : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00::1", "::1"})
    EXPECT_FALSE(allows(policy, "http://a.b", address)) << address;
  EXPECT_TRUE(allows(policy, "http://a.b", "169.254.1.1"));
  EXPECT_TRUE(allows(policy, "http://a.b", "8.8.8.8"));
  auto metadata = operators(R"({"allow": {"cidr": "169.254.169.254"}})");
  EXPECT_TRUE(allows(metadata, "http://169.254.169.254"));
}

TEST(AppEgressPolicyTest, AnAllowRuleOpensOtherPortsOnlyByName) {
  auto policy =
      operators(R"({"allow": {"host": "a.b"}}, {"allow": {"host": "c.d", "ports": "1-9999"}})");
  EXPECT_FALSE(allows(policy, "http://a.b:8080"));
  EXPECT_FALSE(allows(policy, "tcp://a.b:25"));
  EXPECT_TRUE(allows(policy, "http://c.d:8080"));
  EXPECT_TRUE(allows(policy, "tcp://c.d:25"));
  EXPECT_EQ(said(policy, "http://a.b"), "yes operator: egress.rules[0]");
}

TEST(AppEgressPolicyTest, ByNameAloneItIsAllowedWhatAnAddressMayStillDecide) {
  auto policy = operators(R"({"allow": {"cidr": "10.1.0.0/16", "ports": 8080}},
                             {"deny": {"cidr": "8.8.8.0/24"}}, {"deny": {"host": "a.b"}})");
  EXPECT_EQ(said(policy, "http://a.b:8080"), "yes operator: egress.rules[0]");
  EXPECT_EQ(said(policy, "http://a.b:8080", "10.1.2.3"), "yes operator: egress.rules[0]");
  EXPECT_EQ(said(policy, "http://a.b:8080", "10.2.2.3"), "no operator: egress.rules[2]");
  EXPECT_EQ(said(policy, "http://a.b"), "no operator: egress.rules[2]");
  EXPECT_EQ(said(policy, "http://c.d", "8.8.8.8"), "no operator: egress.rules[1]");
  EXPECT_EQ(said(policy, "http://c.d", "64:ff9b::8.8.8.8"), "no operator: egress.rules[1]");
  EXPECT_EQ(said(policy, "http://c.d:8081"), "no built-in: fetch() goes to ports 80 and 443");
}

TEST(AppEgressPolicyTest, TheNearestLevelComesFirstAndTheOthersStay) {
  AppEgressPolicy policy(
      {{{"operator: tenants.acme.egress", rules(R"({"allow": {"host": "a.b"}})")},
        {"operator: tenant_defaults.egress", settings("{}")},
        {"operator: egress", rules(R"({"deny": {"host": ["a.b", "c.d"]}})")}},
       nullptr,
       nullptr});
  EXPECT_EQ(said(policy, "http://a.b"), "yes operator: tenants.acme.egress.rules[0]");
  EXPECT_EQ(said(policy, "http://c.d"), "no operator: egress.rules[0]");
  EXPECT_TRUE(allows(policy, "http://e.f"));
}

TEST(AppEgressPolicyTest, NoneDeniesWhatNoNearerRuleAllows) {
  AppEgressPolicy all({{{"operator: egress", settings("\"none\"")}}, nullptr, nullptr});
  EXPECT_EQ(said(all, "http://a.b"), "no operator: egress is \"none\"");
  EXPECT_EQ(said(all, "http://a.b", "8.8.8.8"), "no operator: egress is \"none\"");
  AppEgressPolicy some({{{"operator: tenants.acme.egress", rules(R"({"allow": {"host": "a.b"}})")},
                         {"operator: egress", settings("\"none\"")}},
                        nullptr,
                        nullptr});
  EXPECT_TRUE(allows(some, "http://a.b", "8.8.8.8"));
  EXPECT_FALSE(allows(some, "http://c.d", "8.8.8.8"));
}

TEST(AppEgressPolicyTest, AnAppOnlyTakesAway) {
  auto policy = withApp(R"({"deny": {"host": "c.d"}},
                           {"allow": {"host": "db", "cidr": "10.0.0.0/8", "ports": 5432}})",
                        R"({"allow": {"host": ["a.b", "c.d", "db"]}}, {"deny": {}})");
  EXPECT_EQ(said(policy, "http://a.b"), "yes built-in: public addresses; app: egress.rules[0]");
  EXPECT_EQ(said(policy, "http://c.d"), "no operator: egress.rules[0]");
  EXPECT_EQ(said(policy, "http://e.f"), "no app: egress.rules[1]");
  EXPECT_EQ(said(policy, "tcp://db:5432", "10.0.0.1"),
            "yes operator: egress.rules[1]; app: egress.rules[0]");
  EXPECT_FALSE(allows(policy, "http://a.b", "10.0.0.1"));
  EXPECT_FALSE(allows(policy, "http://a.b:8080"));
  auto opening = withApp("", R"({"allow": {"private": true, "ports": "1-65535"}})");
  EXPECT_FALSE(allows(opening, "http://10.0.0.1"));
  EXPECT_FALSE(allows(opening, "http://8.8.8.8:8080"));
  EXPECT_EQ(said(opening, "http://a.b"), "yes built-in: public addresses; app: egress.rules[0]");
  AppEgressPolicy none({{}, settings("\"none\"", EgressAuthor::kApp), nullptr});
  EXPECT_EQ(said(none, "http://a.b"), "no app: egress is \"none\"");
}

class OwnEndpointsPolicyTest : public testing::Test {
 protected:
  AppEgressPolicy policy(const std::string& list) {
    auto own =
        std::make_shared<const OwnEndpoints>(OwnEndpoints{{ip("8.8.4.4"), ip("10.9.8.7")}, ports_});
    return AppEgressPolicy({{{"operator: egress", rules(list)}}, nullptr, own});
  }
  std::shared_ptr<ServedPorts> ports_ = std::make_shared<ServedPorts>();
};

// Hostile case U04.
TEST_F(OwnEndpointsPolicyTest, TheMachinesOwnAddressesAreNotPublic) {
  auto plain = policy("");
  EXPECT_EQ(said(plain, "http://a.b", "8.8.4.4"),
            "no built-in: public addresses only, and this one is own");
  EXPECT_FALSE(allows(plain, "http://a.b", "64:ff9b::8.8.4.4"));
  EXPECT_FALSE(allows(plain, "http://a.b", "::ffff:8.8.4.4"));
  auto inside = policy(R"({"allow": {"private": true, "cidr": "8.8.0.0/16"}})");
  EXPECT_TRUE(allows(inside, "http://a.b", "10.9.8.6"));
  EXPECT_FALSE(allows(inside, "http://a.b", "10.9.8.7"));
  EXPECT_FALSE(allows(inside, "http://a.b", "8.8.4.4"));
  auto itself = policy(R"({"allow": {"cidr": "10.9.8.7"}})");
  EXPECT_TRUE(allows(itself, "http://a.b", "10.9.8.7"));
}

// Hostile case U04.
TEST_F(OwnEndpointsPolicyTest, NoRuleOpensWhatNanodItselfServes) {
  auto open = policy(R"({"allow": {"cidr": ["127.0.0.0/8", "::1", "0.0.0.0/8", "10.9.8.7"],
                                   "ports": "1-65535"}})");
  EXPECT_TRUE(allows(open, "http://127.0.0.1:8787"));
  ports_->add(8787);
  for (const char* url :
       {"http://127.0.0.1:8787", "http://127.9.9.9:8787", "http://[::1]:8787", "tcp://0.0.0.0:8787",
        "tcp://10.9.8.7:8787", "tls://[::ffff:7f00:1]:8787"}) {
    EXPECT_EQ(said(open, url), "no built-in: nanod's own ports are not reached over the network")
        << url;
  }
  EXPECT_TRUE(allows(open, "http://127.0.0.1:8788"));
  ports_->remove(8787);
  EXPECT_TRUE(allows(open, "http://127.0.0.1:8787"));
}

// What an app of this server may answer: a name, over http, that nobody's rule denies.
TEST_F(OwnEndpointsPolicyTest, TellsWhatItDeniesOnlyBecauseItIsThisServer) {
  using Why = EgressDecision::Why;
  ports_->add(8787);
  auto whyOf = [](const AppEgressPolicy& policy, const char* url, const char* address) {
    return policy.decide(to(url), ip(address)).why;
  };
  auto plain = policy("");
  for (const char* address : {"127.0.0.1", "::1", "10.9.8.7", "8.8.4.4", "0.0.0.0"})
    EXPECT_EQ(whyOf(plain, "http://a.b:8787", address), Why::kThisServer) << address;
  EXPECT_NE(whyOf(plain, "http://a.b:8787", "10.9.8.6"), Why::kThisServer);
  EXPECT_NE(whyOf(plain, "http://a.b:8788", "127.0.0.1"), Why::kThisServer);
  EXPECT_NE(whyOf(plain, "https://a.b:8787", "127.0.0.1"), Why::kThisServer);
  EXPECT_NE(whyOf(plain, "tcp://a.b:8787", "127.0.0.1"), Why::kThisServer);
  auto denied = policy(R"({"deny": {"cidr": "127.0.0.0/8"}})");
  EXPECT_EQ(whyOf(denied, "http://a.b:8787", "127.0.0.1"), Why::kBuiltIn);
  EXPECT_EQ(whyOf(denied, "http://a.b:8787", "::1"), Why::kThisServer);
  auto own = std::make_shared<const OwnEndpoints>(OwnEndpoints{{}, ports_});
  AppEgressPolicy strict({{}, rules(R"({"deny": {}})", EgressAuthor::kApp), own});
  EXPECT_EQ(whyOf(strict, "http://a.b:8787", "::1"), Why::kBuiltIn) << "the app does not want it";
}

TEST_F(OwnEndpointsPolicyTest, ANameOnAPortOfNanodsIsLookedUpButGoesNowhereElse) {
  auto plain = policy("");
  EXPECT_FALSE(allows(plain, "http://a.b:8787"));
  ports_->add(8787);
  EXPECT_TRUE(allows(plain, "http://a.b:8787"));
  EXPECT_FALSE(allows(plain, "http://a.b:8787", "1.1.1.1"));
  EXPECT_FALSE(allows(plain, "https://a.b:8787"));
  EXPECT_FALSE(allows(policy(R"({"deny": {"host": "a.b"}})"), "http://a.b:8787"));
}

TEST_F(OwnEndpointsPolicyTest, ANameIsThisServersIfAllItsAddressesAre) {
  ports_->add(8787);
  auto plain = policy("");
  auto isHere = [&plain](const std::vector<IpAddress>& addresses) {
    return admittedAddresses(plain, to("http://a.b:8787"), addresses).areThisServer;
  };
  EXPECT_TRUE(isHere({ip("127.0.0.1"), ip("::1")}));
  EXPECT_FALSE(isHere({ip("127.0.0.1"), ip("10.0.0.1")}));
  EXPECT_FALSE(isHere({ip("1.1.1.1"), ip("127.0.0.1")}));
  EXPECT_FALSE(isHere({}));
}

TEST(AppEgressPolicyTest, BehindAProxyBlocksAreForHostsThatAreAddresses) {
  AppEgressPolicy policy(
      {{{"operator: egress", settings(R"({"proxy": "http://proxy:3128", "rules": [
            {"allow": {"cidr": "10.1.0.0/16", "ports": 8080}}]})")}},
       nullptr,
       nullptr});
  EXPECT_EQ(policy.proxy(), "http://proxy:3128");
  EXPECT_FALSE(allows(policy, "http://a.b:8080"));
  EXPECT_TRUE(allows(policy, "http://10.1.2.3:8080"));
  EXPECT_FALSE(allows(policy, "http://10.2.2.3"));
  EXPECT_TRUE(allows(policy, "http://a.b"));
}

TEST(AppEgressPolicyTest, ProxyAndMixedAnswersAreTheNearestWord) {
  auto far = settings(R"({"proxy": "http://far:1", "dns_private": "refuse"})");
  auto near = settings(R"({"proxy": "none", "dns_private": "drop"})");
  AppEgressPolicy one({{{"near", settings("{}")}, {"far", far}}, nullptr, nullptr});
  EXPECT_EQ(one.proxy(), "http://far:1");
  EXPECT_TRUE(one.refusesMixedAnswers());
  AppEgressPolicy two({{{"near", near}, {"far", far}}, nullptr, nullptr});
  EXPECT_EQ(two.proxy(), "");
  EXPECT_FALSE(two.refusesMixedAnswers());
  EXPECT_EQ(kBuiltIn.proxy(), "");
  EXPECT_FALSE(kBuiltIn.refusesMixedAnswers());
}

TEST(AppEgressPolicyTest, IsComparedByWhatItHolds) {
  auto make = [](const std::string& where, const std::string& list, const std::string& app,
                 std::vector<IpAddress> own) {
    return AppEgressPolicy(
        {{{where, rules(list)}},
         rules(app, EgressAuthor::kApp),
         std::make_shared<const OwnEndpoints>(OwnEndpoints{std::move(own), {}})});
  };
  const char* deny = R"({"deny": {"host": "a.b"}})";
  const AppEgressPolicy policy = make("w", deny, deny, {ip("8.8.8.8")});
  EXPECT_EQ(policy, make("w", deny, deny, {ip("8.8.8.8")}));
  EXPECT_FALSE(policy == make("v", deny, deny, {ip("8.8.8.8")}));
  EXPECT_FALSE(policy == make("w", "", deny, {ip("8.8.8.8")}));
  EXPECT_FALSE(policy == make("w", deny, "", {ip("8.8.8.8")}));
  EXPECT_FALSE(policy == make("w", deny, deny, {ip("8.8.8.7")}));
  EXPECT_FALSE(policy == kBuiltIn);
  EXPECT_EQ(kBuiltIn, AppEgressPolicy({}));
}

// Hostile case U05.
TEST(AdmittedAddressesTest, OfAMixedAnswerTheAllowedOnesAreLeft) {
  const std::vector<IpAddress> mixed{ip("10.0.0.1"), ip("8.8.8.8"), ip("::1"), ip("1.1.1.1")};
  auto dropped = admittedAddresses(kBuiltIn, to("http://a.b"), mixed);
  EXPECT_EQ(dropped.addresses, (std::vector{ip("8.8.8.8"), ip("1.1.1.1")}));
  EXPECT_EQ(text(dropped.decision), "yes built-in: public addresses");
  AppEgressPolicy strict(
      {{{"operator: egress", settings(R"({"dns_private": "refuse"})")}}, nullptr, nullptr});
  auto refused = admittedAddresses(strict, to("http://a.b"), mixed);
  EXPECT_TRUE(refused.addresses.empty());
  EXPECT_EQ(text(refused.decision), "no built-in: public addresses only, and this one is private");
  const std::vector<IpAddress> open{ip("8.8.8.8"), ip("1.1.1.1")};
  EXPECT_EQ(admittedAddresses(strict, to("http://a.b"), open).addresses, open);
}

TEST(AdmittedAddressesTest, WithoutAnAllowedOneItSaysWhy) {
  const std::vector<IpAddress> inside{ip("10.0.0.1"), ip("::1")};
  auto none = admittedAddresses(kBuiltIn, to("http://a.b"), inside);
  EXPECT_TRUE(none.addresses.empty());
  EXPECT_EQ(text(none.decision), "no built-in: public addresses only, and this one is private");
  EXPECT_TRUE(admittedAddresses(kBuiltIn, to("http://a.b"), {}).addresses.empty());
}

}  // namespace
}  // namespace nano
