#include "supervisor/limit_policy.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "supervisor/egress/app_egress_policy.h"
#include "supervisor/egress/destination.h"
#include "supervisor/policy_file.h"

namespace nano {
namespace {

using rpc::Limit;

LimitPolicy policy(const std::string& text) {
  auto parsed = parsePolicy("p", text);
  if (auto* why = std::get_if<std::string>(&parsed)) ADD_FAILURE() << *why;
  return std::get<LimitPolicy>(parsed);
}

AppVersion app(LimitValues requested = {}) {
  AppVersion version;
  version.tenant = "acme";
  version.app = "shop";
  version.requested = std::move(requested);
  return version;
}

ResolvedLimit limitOf(const LimitPolicy& policy, const AppVersion& version, Limit limit) {
  for (const ResolvedLimit& resolved : policy.limitsOf(version)) {
    if (resolved.limit == limit) return resolved;
  }
  ADD_FAILURE() << "no such limit";
  return {};
}

// "VALUE SOURCE", with " < FROM (MAXIMUM'S SOURCE)" where it is capped.
std::string said(const LimitPolicy& policy, const AppVersion& version, Limit limit) {
  ResolvedLimit resolved = limitOf(policy, version, limit);
  std::string text = std::to_string(resolved.value) + " " + resolved.source;
  if (!resolved.cappedFrom) return text;
  return text + " < " + std::to_string(*resolved.cappedFrom) + " (" + resolved.maximumSource + ")";
}

std::shared_ptr<const AppVersion> shared(AppVersion version) {
  return std::make_shared<const AppVersion>(std::move(version));
}

TEST(LimitPolicyTest, WithoutRulesEveryLimitIsTheTables) {
  auto limits = LimitPolicy().limitsOf(app());
  ASSERT_EQ(limits.size(), limitTable().size());
  for (size_t i = 0; i < limits.size(); ++i) {
    const LimitRow& row = limitTable()[i];
    EXPECT_EQ(limits[i].limit, row.limit);
    EXPECT_EQ(limits[i].value, row.usual) << row.key;
    EXPECT_EQ(limits[i].maximum, row.most) << row.key;
    EXPECT_FALSE(limits[i].cappedFrom) << row.key;
  }
  EXPECT_EQ(said(LimitPolicy(), app(), Limit::HEAP), "128 built-in");
}

TEST(LimitPolicyTest, TheNearestWordHolds) {
  std::string levels[] = {
      R"("defaults": {"heap_mb": 31})", R"("tenant_defaults": {"defaults": {"heap_mb": 32}})",
      R"("tenants": {"acme": {"defaults": {"heap_mb": 33}}})",
      R"("tenants": {"acme": {"defaults": {"heap_mb": 33}, "apps": {"shop": {"heap_mb": 35}}}})"};
  auto with = [&levels](int count, const LimitValues& requested) {
    std::string text;
    for (int i = 0; i < std::min(count, 2); ++i)
      text += (i > 0 ? ", " : "") + levels[i];
    if (count > 2) text += ", " + levels[count - 1];
    return said(policy("{" + text + "}"), app(requested), Limit::HEAP);
  };
  EXPECT_EQ(with(1, {}), "31 operator: defaults");
  EXPECT_EQ(with(2, {}), "32 operator: tenant_defaults.defaults");
  EXPECT_EQ(with(3, {}), "33 operator: tenants.acme.defaults");
  EXPECT_EQ(with(3, {{Limit::HEAP, 34}}), "34 app");
  EXPECT_EQ(with(4, {{Limit::HEAP, 34}}), "35 operator: tenants.acme.apps.shop");
}

TEST(LimitPolicyTest, AnotherTenantsWordIsNotHeard) {
  auto rules = policy(R"({"tenants": {"other": {"defaults": {"heap_mb": 33},
      "apps": {"shop": {"heap_mb": 35}}}, "acme": {"apps": {"blog": {"heap_mb": 36}}}}})");
  EXPECT_EQ(said(rules, app(), Limit::HEAP), "128 built-in");
}

TEST(LimitPolicyTest, TheNearestMaximumHolds) {
  auto asks = app({{Limit::WALL, 200'000}});
  EXPECT_EQ(said(policy(R"({"maxima": {"wall_ms": 100}})"), asks, Limit::WALL),
            "100 app < 200000 (operator: maxima)");
  EXPECT_EQ(said(policy(R"({"maxima": {"wall_ms": 100},
                            "tenant_defaults": {"maxima": {"wall_ms": 300}}})"),
                 asks, Limit::WALL),
            "300 app < 200000 (operator: tenant_defaults.maxima)");
  EXPECT_EQ(said(policy(R"({"maxima": {"wall_ms": 100},
                            "tenants": {"acme": {"maxima": {"wall_ms": 250000}}}})"),
                 asks, Limit::WALL),
            "200000 app");
}

TEST(LimitPolicyTest, AMaximumAlsoBoundsWhatIsBuiltInOrADefault) {
  EXPECT_EQ(said(policy(R"({"maxima": {"heap_mb": 64}})"), app(), Limit::HEAP),
            "64 built-in < 128 (operator: maxima)");
  EXPECT_EQ(said(policy(R"({"maxima": {"heap_mb": 64}, "defaults": {"heap_mb": 65}})"), app(),
                 Limit::HEAP),
            "64 operator: defaults < 65 (operator: maxima)");
}

TEST(LimitPolicyTest, TheOperatorsValueForAnAppIsBoundByNoMaximumOfTheOperators) {
  auto rules = policy(R"({"maxima": {"cpu_ms": 100},
                          "tenants": {"acme": {"apps": {"shop": {"cpu_ms": 5000}}}}})");
  EXPECT_EQ(said(rules, app(), Limit::CPU), "5000 operator: tenants.acme.apps.shop");
  EXPECT_FALSE(rules.refusal(app({{Limit::CPU, 6000}})));
}

TEST(LimitPolicyTest, AnAppWithMoreCpuTimeMayUseItInOneTurn) {
  LimitPolicy none;
  auto asks = app({{Limit::CPU, 5'000}});
  EXPECT_EQ(said(none, asks, Limit::BLOCKED_TURN), "5000 as cpu_ms");
  EXPECT_EQ(said(none, asks, Limit::CPU_AVERAGE), "250 from cpu_ms");
  EXPECT_EQ(said(none, app({{Limit::CPU, 100}}), Limit::CPU_AVERAGE), "50 from cpu_ms");
  EXPECT_EQ(said(none, app({{Limit::CPU, 100}}), Limit::BLOCKED_TURN), "100 as cpu_ms");
  EXPECT_EQ(said(policy(R"({"maxima": {"block_ms": 2000}})"), asks, Limit::BLOCKED_TURN),
            "2000 as cpu_ms < 5000 (operator: maxima)");
  auto both = app({{Limit::CPU, 5'000}, {Limit::BLOCKED_TURN, 10}, {Limit::CPU_AVERAGE, 20}});
  EXPECT_EQ(said(none, both, Limit::BLOCKED_TURN), "10 app");
  EXPECT_EQ(said(none, both, Limit::CPU_AVERAGE), "20 app");
}

TEST(LimitPolicyTest, RefusesAnAppThatAsksForMoreThanItsMaximum) {
  auto rules = policy(R"({"tenants": {"acme": {"maxima": {"cpu_ms": 1000}}}})");
  auto refusal = rules.refusal(app({{Limit::CPU, 1001}}));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(*refusal,
            "limits.cpu_ms: the app asks for 1001 ms, and may have 1000 ms at most (operator: "
            "tenants.acme.maxima): ask for less, or let the operator raise it");
  EXPECT_FALSE(rules.refusal(app({{Limit::CPU, 1000}})));
  EXPECT_FALSE(rules.refusal(app()));
  EXPECT_TRUE(LimitPolicy().refusal(app({{Limit::HEAP, 1025}})));
}

TEST(LimitPolicyTest, SaysWhatIsAskedForInVain) {
  auto rules = policy(R"({"tenants": {"acme": {"apps": {"shop": {"cpu_ms": 50}}}}})");
  auto notes = rules.notes(app({{Limit::CPU, 60}, {Limit::HEAP, 60}}));
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0], "limits.cpu_ms: 60 ms has no effect: the operator gives this app 50 ms");
  EXPECT_TRUE(rules.notes(app({{Limit::CPU, 50}})).empty());
}

TEST(LimitPolicyTest, SettingsAreTheTenantsOrElseThoseOfAll) {
  auto rules = policy(R"({"tenant_defaults": {"clock": "frozen", "cpu_weight": 50},
      "tenants": {"acme": {"cpu_weight": 200, "code": "jitless", "memory_mb": 512,
                           "requests_in_flight": 10, "requests_per_second": 20}}})");
  CordonSettings settings = rules.settingsOf("acme");
  EXPECT_EQ(settings.clock, ClockMode::kFrozen);
  EXPECT_EQ(settings.codeProfile, CodeProfile::kJitless);
  EXPECT_EQ(settings.cpuWeight, 200u);
  EXPECT_EQ(settings.memoryBytes, 512u << 20);
  EXPECT_EQ(settings.tenantLimits.inFlight, 10u);
  EXPECT_EQ(settings.tenantLimits.requestRate, 20u);
  EXPECT_EQ(rules.settingsOf("other").cpuWeight, 50u);
  EXPECT_EQ(rules.settingsOf("other").memoryBytes, kUnlimited);
  EXPECT_EQ(LimitPolicy().settingsOf("acme"), CordonSettings());
}

TEST(LimitPolicyTest, CodeGenerationIsForThoseWhoAskAndAreAllowed) {
  auto codegen = [](const std::string& text, bool asked) {
    AppVersion version = app();
    version.requestedCodegen = asked;
    const LimitPolicy rules = policy(text);
    const bool on = rules.resolved(shared(version))->codegen;
    EXPECT_EQ(on, asked && rules.codegenOf(version).allowed);
    EXPECT_EQ(rules.refusal(version).has_value(), asked && !on);
    return (on ? "on " : "off ") + rules.codegenOf(version).source;
  };
  EXPECT_EQ(codegen("{}", true), "off built-in");
  const std::string all = R"("tenant_defaults": {"codegen": true})";
  EXPECT_EQ(codegen("{" + all + "}", true), "on operator: tenant_defaults.codegen");
  EXPECT_EQ(codegen("{" + all + "}", false), "off operator: tenant_defaults.codegen");
  EXPECT_EQ(codegen("{" + all + R"(, "tenants": {"acme": {"codegen": false}}})", true),
            "off operator: tenants.acme.codegen");
  EXPECT_EQ(codegen(R"({"tenants": {"acme": {"codegen": false,
                        "apps": {"shop": {"codegen": true}, "blog": {"codegen": false}}}}})",
                    true),
            "on operator: tenants.acme.apps.shop.codegen");
  EXPECT_EQ(codegen(R"({"tenants": {"other": {"codegen": true}}})", true), "off built-in");
}

TEST(LimitPolicyTest, RefusesCodeGenerationByTheKeyThatAllowsIt) {
  AppVersion version = app();
  version.requestedCodegen = true;
  EXPECT_EQ(LimitPolicy().refusal(version),
            "codegen: the app asks for eval() and WebAssembly from bytes, which it may not have "
            "(built-in): remove it from nano.jsonc, or let the operator allow it by "
            "tenants.acme.codegen or tenants.acme.apps.shop.codegen in the policy file");
}

TEST(LimitPolicyTest, AnAppIsAloneWhenItOrTheOperatorSaysSo) {
  auto cordon = [](const LimitPolicy& policy, Isolation asked) {
    AppVersion version = app();
    version.isolation = asked;
    return policy.resolved(shared(version))->cordon;
  };
  auto apart = policy(R"({"tenant_defaults": {"isolation": "app"}})");
  auto together = policy(R"({"tenant_defaults": {"isolation": "app"},
                             "tenants": {"acme": {"isolation": "tenant"}}})");
  EXPECT_EQ(cordon(LimitPolicy(), Isolation::kTenant), "acme");
  EXPECT_EQ(cordon(LimitPolicy(), Isolation::kApp), "acme/shop");
  EXPECT_EQ(cordon(apart, Isolation::kTenant), "acme/shop");
  EXPECT_EQ(cordon(together, Isolation::kTenant), "acme");
  EXPECT_EQ(cordon(together, Isolation::kApp), "acme/shop");
}

// "yes RULE" or "no RULE".
std::string egress(const AppVersion& version, std::string_view url) {
  auto decision = version.egress->decide(std::get<Destination>(parseDestination(url)));
  return (decision.allowed ? "yes " : "no ") + decision.rule;
}

TEST(LimitPolicyTest, EgressIsWhatAllLevelsAndTheAppSay) {
  auto rules = policy(R"({"egress": {"rules": [{"deny": {"host": "a.b"}}]},
      "tenant_defaults": {"egress": {"rules": [{"deny": {"host": "c.d"}}]}},
      "tenants": {"acme": {"egress": {"rules": [{"allow": {"host": "a.b"}}]}},
                  "other": {"egress": "none"}}})");
  AppVersion version = app();
  EgressSettings asked;
  asked.rules = {{EgressRule::Action::kDeny, {{EgressRule::Host::Kind::kExact, "e.f"}}}};
  version.requestedEgress = std::make_shared<const EgressSettings>(asked);
  auto resolved = rules.resolved(shared(version));
  EXPECT_EQ(egress(*resolved, "http://a.b/"), "yes operator: tenants.acme.egress.rules[0]");
  EXPECT_EQ(egress(*resolved, "http://c.d/"), "no operator: tenant_defaults.egress.rules[0]");
  EXPECT_EQ(egress(*resolved, "http://e.f/"), "no app: egress.rules[0]");
  EXPECT_EQ(egress(*resolved, "http://g.h/"), "yes built-in: public addresses");
  version.tenant = "other";
  EXPECT_EQ(egress(*rules.resolved(shared(version)), "http://a.b/"),
            "no operator: tenants.other.egress is \"none\"");
  version.tenant = "third";
  EXPECT_EQ(egress(*rules.resolved(shared(version)), "http://a.b/"),
            "no operator: egress.rules[0]");
}

TEST(LimitPolicyTest, ANewEgressIsANewObjectAndTheSameOneIsNot) {
  const char* text = R"({"egress": {"rules": [{"deny": {"host": "a.b"}}]}})";
  auto first = LimitPolicy().resolved(shared(app()));
  auto second = policy(text).resolved(first);
  EXPECT_NE(second, first);
  EXPECT_EQ(policy(text).resolved(second), second);
  // Where something else changes, connections that go by the egress stay with it.
  auto third = policy(R"({"maxima": {"cpu_ms": 60},
                          "egress": {"rules": [{"deny": {"host": "a.b"}}]}})")
                   .resolved(second);
  EXPECT_NE(third, second);
  EXPECT_EQ(third->egress, second->egress);
}

TEST(LimitPolicyTest, MakesANewObjectOnlyOfWhatChanges) {
  auto first = LimitPolicy().resolved(shared(app({{Limit::CPU, 70}})));
  EXPECT_EQ(first->limits.get(Limit::CPU), 70u);
  EXPECT_EQ(LimitPolicy().resolved(first), first);
  auto second = policy(R"({"maxima": {"cpu_ms": 60}})").resolved(first);
  EXPECT_NE(second, first);
  EXPECT_EQ(second->limits.get(Limit::CPU), 60u);
  EXPECT_EQ(second->requested, first->requested);
  EXPECT_EQ(LimitPolicy().resolved(second)->limits.get(Limit::CPU), 70u);
  AppVersion asks = app();
  asks.requestedCodegen = true;
  auto without = LimitPolicy().resolved(shared(asks));
  auto with = policy(R"({"tenant_defaults": {"codegen": true}})").resolved(without);
  EXPECT_NE(with, without);
  EXPECT_TRUE(with->codegen);
}

}  // namespace
}  // namespace nano
