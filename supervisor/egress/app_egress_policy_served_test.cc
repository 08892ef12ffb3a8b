#include <gtest/gtest.h>

#include "supervisor/egress/app_egress_policy.h"
#include "supervisor/egress/destination.h"
#include "supervisor/egress/egress_settings.h"

namespace nano {
namespace {

constexpr char kAnyone[] = "{}";

std::shared_ptr<const EgressSettings> settings(const std::string& value, EgressAuthor author) {
  auto parsed = parseLocatedJson("{\"egress\": " + value + "}");
  if (auto* why = std::get_if<std::string>(&parsed)) ADD_FAILURE() << *why;
  auto read = readEgressSettings(std::get<LocatedJson>(parsed).members[0].value, "egress", author);
  if (auto* problem = std::get_if<EgressSettingsProblem>(&read)) ADD_FAILURE() << problem->what;
  return std::make_shared<const EgressSettings>(std::get<EgressSettings>(std::move(read)));
}

// What a policy of the operator's and the app's says about a host of this server.
std::string said(Neighbour neighbour, const std::string& byOperator, const std::string& byApp,
                 const std::string& url = "http://mail.other.localhost:8787/") {
  AppEgressPolicy policy({{{"operator: egress", settings(byOperator, EgressAuthor::kOperator)}},
                          settings(byApp, EgressAuthor::kApp),
                          nullptr});
  auto decision = policy.decideServed(std::get<Destination>(parseDestination(url)), neighbour);
  return (decision.allowed ? "yes " : "no ") + decision.rule;
}
std::string ofOther(const std::string& byOperator, const std::string& byApp = kAnyone) {
  return said(Neighbour::kOtherTenant, byOperator, byApp);
}
std::string ofOwn(const std::string& byOperator, const std::string& byApp = kAnyone) {
  return said(Neighbour::kOwnTenant, byOperator, byApp);
}

TEST(EgressPolicyServedTest, WithoutRulesHostsOfThisServerAreReached) {
  EXPECT_EQ(ofOther(kAnyone), "yes built-in: hosts of this server") << "on nanod's own port too";
  EXPECT_EQ(ofOwn(kAnyone), "yes built-in: hosts of the tenant's own");
}

TEST(EgressPolicyServedTest, AnotherTenantsHostIsDeniedByRulesAsAnyOther) {
  EXPECT_EQ(ofOther("\"none\""), "no operator: egress is \"none\"");
  EXPECT_EQ(ofOther(kAnyone, "\"none\""), "no app: egress is \"none\"");
  for (const char* conditions :
       {R"({})", R"({"host": "*.localhost"})", R"({"scheme": "http"})", R"({"ports": 8787})"}) {
    std::string deny = std::string(R"({"rules": [{"deny": )") + conditions + "}]}";
    EXPECT_EQ(ofOther(deny), "no operator: egress.rules[0]") << conditions;
    EXPECT_EQ(ofOther(kAnyone, deny), "no app: egress.rules[0]") << conditions;
  }
  EXPECT_EQ(ofOther(R"({"rules": [{"deny": {"scheme": "https"}}]})"),
            "yes built-in: hosts of this server");
  EXPECT_EQ(ofOther(R"({"rules": [{"allow": {"host": "*.other.localhost"}}, {"deny": {}}]})"),
            "yes operator: egress.rules[0]");
}

// There is no address that it could ever be met by.
TEST(EgressPolicyServedTest, ARuleWithABlockDoesNotAllowAHostOfThisServer) {
  const std::string inside = R"({"rules": [{"allow": {"cidr": "10.0.0.0/8"}}, {"deny": {}}]})";
  EXPECT_EQ(ofOther(inside), "no operator: egress.rules[1]");
  EXPECT_EQ(ofOther(kAnyone, inside), "no app: egress.rules[1]");
}

TEST(EgressPolicyServedTest, OfTheOwnTenantsHostsOnlyTheAppItselfHasASay) {
  EXPECT_EQ(ofOwn("\"none\""), "yes built-in: hosts of the tenant's own");
  EXPECT_EQ(ofOwn(R"({"rules": [{"deny": {}}]})"), "yes built-in: hosts of the tenant's own");
  EXPECT_EQ(ofOwn(kAnyone, "\"none\""), "no app: egress is \"none\"");
  EXPECT_EQ(ofOwn(kAnyone, R"({"rules": [{"deny": {"host": "mail.other.localhost"}}]})"),
            "no app: egress.rules[0]");
}

}  // namespace
}  // namespace nano
