#include "supervisor/egress/app_egress_policy.h"

#include <algorithm>

namespace nano {
namespace {

using Action = EgressRule::Action;
using Class = AddressClass;
using Scheme = Destination::Scheme;

using Why = EgressDecision::Why;

constexpr uint16_t kMailPort = 25;

bool isFetch(const Destination& destination) {
  return destination.scheme == Scheme::kHttp || destination.scheme == Scheme::kHttps;
}

// U11. Sockets are for databases and the like, which are anywhere; mail between servers is what
// strangers' code is most often used for.
bool isUsualPort(const Destination& destination) {
  if (isFetch(destination)) return destination.port == 80 || destination.port == 443;
  return destination.port != kMailPort;
}

std::string ruleName(const std::string& where, size_t index) {
  return where + ".rules[" + std::to_string(index) + "]";
}

EgressDecision builtInDenial(const std::string& why) {
  return {false, "built-in: " + why, Why::kBuiltIn};
}

std::string noneName(const std::string& where) { return where + " is \"none\""; }

template <typename Value>
bool sameValue(const std::shared_ptr<const Value>& a, const std::shared_ptr<const Value>& b) {
  return a == b || (a != nullptr && b != nullptr && *a == *b);
}

}  // namespace

// The address that is to be connected to; null: none is, an app of this server answers.
struct AppEgressPolicy::Known {
  const IpAddress* address;
  AddressFacts facts;

  bool isServed() const { return address == nullptr; }
};

AppEgressPolicy::Meets AppEgressPolicy::meets(const EgressRule& rule,
                                              const Destination& destination,
                                              const Known* known) const {
  if (!meetsName(rule, destination)) return Meets::kNo;
  if (rule.blocks.empty()) return Meets::kYes;
  if (known != nullptr && known->isServed()) return Meets::kNo;
  if (known != nullptr) {
    return meetsAddress(rule, *known->address, known->facts) ? Meets::kYes : Meets::kNo;
  }
  // Behind a proxy nobody will ever ask with the address of a name.
  return proxy().empty() ? Meets::kPerhaps : Meets::kNo;
}

EgressDecision AppEgressPolicy::byOperator(const Destination& destination,
                                           const Known* known) const {
  const bool usual = isUsualPort(destination) ||
                     (known == nullptr ? mayBeServedHere(destination) : known->isServed());
  auto widens = [&destination, known, usual](const EgressRule& rule) {
    if (rule.ports.empty() && !usual) return false;
    return known == nullptr || known->facts.kind == Class::kPublic ||
           opens(rule, *known->address, known->facts);
  };
  // A rule that would allow it, if the address turns out to be in one of its blocks.
  std::optional<EgressDecision> perhaps;
  for (const Level& level : parts_.operators) {
    if (level.settings->isNone)
      return perhaps.value_or(EgressDecision{false, noneName(level.where)});
    const auto& rules = level.settings->rules;
    for (size_t i = 0; i < rules.size(); ++i) {
      Meets met = meets(rules[i], destination, known);
      bool allows = rules[i].action == Action::kAllow;
      if (met == Meets::kNo || (allows && !widens(rules[i]))) continue;
      EgressDecision decision{allows, ruleName(level.where, i)};
      if (met == Meets::kYes) return perhaps.value_or(decision);
      if (allows && !perhaps) perhaps = decision;
    }
  }
  if (!usual) {
    return perhaps.value_or(builtInDenial(isFetch(destination)
                                              ? "fetch() goes to ports 80 and 443"
                                              : "no socket to port 25, which is for mail"));
  }
  if (known != nullptr && known->facts.kind != Class::kPublic) {
    return builtInDenial("public addresses only, and this one is " +
                         std::string(className(known->facts.kind)));
  }
  if (known != nullptr && known->isServed()) {
    return {true, "built-in: hosts of this server", Why::kBuiltIn};
  }
  return {true, "built-in: public addresses", Why::kBuiltIn};
}

// Before a name is looked up: whether it may turn out to be a host of ours, on a port that no rule
// speaks of. A proxy would not come back and ask.
bool AppEgressPolicy::mayBeServedHere(const Destination& destination) const {
  return destination.scheme == Scheme::kHttp && parts_.own != nullptr &&
         parts_.own->serves(destination.port) && proxy().empty();
}

std::optional<EgressDecision> AppEgressPolicy::byApp(const Destination& destination,
                                                     const Known* known) const {
  if (parts_.app == nullptr) return std::nullopt;
  const std::string where = "app: egress";
  if (parts_.app->isNone) return EgressDecision{false, noneName(where)};
  const auto& rules = parts_.app->rules;
  std::optional<EgressDecision> perhaps;
  for (size_t i = 0; i < rules.size(); ++i) {
    Meets met = meets(rules[i], destination, known);
    if (met == Meets::kNo) continue;
    EgressDecision decision{rules[i].action == Action::kAllow, ruleName(where, i)};
    if (met == Meets::kYes) return perhaps.value_or(decision);
    if (decision.allowed && !perhaps) perhaps = decision;
  }
  return perhaps;
}

EgressDecision AppEgressPolicy::decide(const Destination& destination, const Known* known) const {
  EgressDecision operators = byOperator(destination, known);
  if (!operators.allowed) return operators;
  auto app = byApp(destination, known);
  if (!app) return operators;
  if (!app->allowed) return *app;
  return {true, operators.rule + "; " + app->rule};
}

EgressDecision AppEgressPolicy::decide(const Destination& destination) const {
  if (auto address = parseIpAddress(destination.host)) return decide(destination, *address);
  return decide(destination, nullptr);
}

EgressDecision AppEgressPolicy::decide(const Destination& destination,
                                       const IpAddress& address) const {
  Known known{&address, factsOf(address)};
  bool isHere = known.facts.kind == Class::kLoopback || known.facts.kind == Class::kOwn ||
                known.facts.kind == Class::kUnspecified;
  if (!isHere || parts_.own == nullptr || !parts_.own->serves(destination.port)) {
    return decide(destination, &known);
  }
  // What is built in has no say here: it is about going out.
  EgressDecision operators = byOperator(destination, &known);
  auto app = byApp(destination, &known);
  const bool isRuledOut =
      (!operators.allowed && operators.why == Why::kRule) || (app && !app->allowed);
  EgressDecision denial = builtInDenial("nanod's own ports are not reached over the network");
  if (!isRuledOut && destination.scheme == Scheme::kHttp) denial.why = Why::kThisServer;
  return denial;
}

EgressDecision AppEgressPolicy::decideServed(const Destination& destination,
                                             Neighbour neighbour) const {
  AddressFacts facts;
  facts.kind = Class::kPublic;
  const Known served{nullptr, facts};
  if (neighbour == Neighbour::kOtherTenant) return decide(destination, &served);
  auto app = byApp(destination, &served);
  return app ? *app : EgressDecision{true, "built-in: hosts of the tenant's own", Why::kBuiltIn};
}

AddressFacts AppEgressPolicy::factsOf(const IpAddress& address) const {
  AddressFacts facts = classify(address);
  if (facts.kind == Class::kLoopback || parts_.own == nullptr) return facts;
  IpAddress plain = unmapped(address);
  bool isOwn =
      parts_.own->hasAddress(plain) || (facts.embedded && parts_.own->hasAddress(*facts.embedded));
  if (isOwn) {
    facts.kind = Class::kOwn;
    facts.reason = "an address of this machine";
    facts.block = hostBlock(plain);
  }
  return facts;
}

std::string AppEgressPolicy::proxy() const {
  for (const Level& level : parts_.operators) {
    if (level.settings->proxy) return *level.settings->proxy;
  }
  return "";
}

bool AppEgressPolicy::refusesMixedAnswers() const {
  for (const Level& level : parts_.operators) {
    if (level.settings->mixed) return *level.settings->mixed == EgressSettings::Mixed::kRefuse;
  }
  return false;
}

bool AppEgressPolicy::operator==(const AppEgressPolicy& other) const {
  return sameValue(parts_.app, other.parts_.app) && sameValue(parts_.own, other.parts_.own) &&
         std::equal(parts_.operators.begin(), parts_.operators.end(),
                    other.parts_.operators.begin(), other.parts_.operators.end(),
                    [](const Level& a, const Level& b) {
                      return a.where == b.where && sameValue(a.settings, b.settings);
                    });
}

}  // namespace nano
