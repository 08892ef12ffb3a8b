#include "supervisor/egress/egress_explanation.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "supervisor/app_names.h"
#include "supervisor/egress/admitted_addresses.h"
#include "supervisor/egress/destination.h"

namespace nano {
namespace {

using Json = nlohmann::json;

std::variant<Destination, std::string> parseSocketUrl(Destination::Scheme scheme,
                                                      std::string_view url) {
  std::string_view rest = url.substr(schemeName(scheme).size() + 3);
  size_t colon = rest.rfind(':');
  uint16_t port = 0;
  if (colon != std::string_view::npos) {
    std::string_view digits = rest.substr(colon + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size()) port = 0;
  }
  if (port == 0) return inQuotes(url) + " has no port: a socket's is written as HOST:PORT";
  return makeDestination(scheme, rest.substr(0, colon), port);
}

std::string nameOf(const Route& route) { return route.version->tenant + "/" + route.version->app; }

}  // namespace

std::variant<Destination, std::string> parseAskedUrl(std::string_view url) {
  for (auto scheme : {Destination::Scheme::kTcp, Destination::Scheme::kTls}) {
    if (url.starts_with(std::string(schemeName(scheme)) + "://"))
      return parseSocketUrl(scheme, url);
  }
  size_t host = url.find("://");
  bool isBare = host != std::string_view::npos &&
                url.find_first_of("/\\?#", host + 3) == std::string_view::npos;
  return parseDestination(std::string(url) + (isBare ? "/" : ""));
}

Json explainEgress(const AppEgressPolicy& policy, const Destination& destination,
                   std::span<const IpAddress> addresses) {
  EgressDecision byName = policy.decide(destination);
  AdmittedAddresses admitted;
  if (byName.allowed) admitted = admittedAddresses(policy, destination, addresses);
  Json list = Json::array();
  for (const IpAddress& address : addresses) {
    AddressFacts facts = policy.factsOf(address);
    EgressDecision decision = policy.decide(destination, address);
    bool isUsed = std::find(admitted.addresses.begin(), admitted.addresses.end(), address) !=
                  admitted.addresses.end();
    list.push_back({{"address", toString(address)},
                    {"class", className(facts.kind)},
                    {"reason", facts.reason},
                    {"block", toString(facts.block)},
                    {"allowed", decision.allowed},
                    {"rule", decision.rule},
                    {"used", isUsed}});
  }
  std::string proxy = policy.proxy();
  return {{"destination", describe(destination)},
          {"proxy", proxy.empty() ? Json() : Json(proxy)},
          {"allowed", byName.allowed && (addresses.empty() || !admitted.addresses.empty())},
          {"by_name", {{"allowed", byName.allowed}, {"rule", byName.rule}}},
          {"this_server", admitted.areThisServer && proxy.empty()},
          {"addresses", list}};
}

Json explainServed(const EgressPolicy& policy, const Destination& destination,
                   const ServedHost& served) {
  EgressDecision decision = policy.decideServed(destination, served.neighbour);
  return {{"destination", describe(destination)},
          {"proxy", Json()},
          {"allowed", decision.allowed},
          {"by_name", {{"allowed", decision.allowed}, {"rule", decision.rule}}},
          {"served_by", nameOf(*served.route)},
          {"addresses", Json::array()}};
}

void explainArrival(const RequestRouter& router, const Destination& destination, Json& explained) {
  if (explained["this_server"] != true) return;
  const Route* route = router.find(destination.host, destination.target, destination.port);
  if (route == nullptr) return;
  explained["served_by"] = nameOf(*route);
  explained["allowed"] = true;
}

}  // namespace nano
