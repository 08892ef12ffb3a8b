// A URL that a worker sends, and what it is taken for; app rules in JSON.

#include <algorithm>

#include <kj/debug.h>
#include <nlohmann/json.hpp>

#include "supervisor/bounded_json.h"
#include "supervisor/egress/address_class.h"
#include "supervisor/egress/app_egress_policy.h"
#include "supervisor/egress/destination.h"
#include "supervisor/egress/egress_settings.h"
#include "supervisor/egress/host_name.h"
#include "tests/fuzz/fuzz_targets.h"

namespace nano::fuzz {
namespace {

bool isVisible(char c) { return c > ' ' && c <= '~'; }

void checkAddress(const IpAddress& address) {
  // One form, which reads as the same bytes, also through a socket's address.
  auto again = parseIpAddress(toString(address));
  KJ_ASSERT(again.has_value() && *again == address);
  SocketAddress socket = socketAddress(address, 1);
  auto out = addressOf(reinterpret_cast<sockaddr&>(socket.storage));
  KJ_ASSERT(out.has_value() && *out == address);
  AddressFacts facts = classify(address);
  KJ_ASSERT(className(facts.kind) != "unknown");
  KJ_ASSERT(facts.kind != AddressClass::kOwn);
  KJ_ASSERT(isPublic(address) == (facts.kind == AddressClass::kPublic));
  KJ_ASSERT(facts.block.contains(unmapped(address)));
  auto block = parseCidr(toString(facts.block));
  KJ_ASSERT(std::holds_alternative<Cidr>(block) && std::get<Cidr>(block) == facts.block);
  // Nothing wrapped is more public than what is in it.
  KJ_ASSERT(!facts.embedded.has_value() || isPublic(*facts.embedded) || !isPublic(address));
}

void checkDestination(std::string_view url, const Destination& destination) {
  // What was accepted is the only spelling of it, but for a trailing dot of the host.
  Destination dotted = destination;
  dotted.host += '.';
  bool isOnly = describe(destination) + destination.target == url ||
                describe(dotted) + destination.target == url;
  KJ_ASSERT(isOnly);
  KJ_ASSERT(destination.port != 0 && !destination.host.empty());
  KJ_ASSERT(destination.target.starts_with('/'));
  KJ_ASSERT(std::all_of(url.begin(), url.end(), isVisible));
  auto address = parseIpAddress(destination.host);
  KJ_ASSERT(address.has_value() == hostNameProblem(destination.host).has_value());
  auto same = makeDestination(destination.scheme, destination.host, destination.port);
  KJ_ASSERT(std::holds_alternative<Destination>(same));
  KJ_ASSERT(std::get<Destination>(same).host == destination.host);

  const AppEgressPolicy policy({});
  bool byName = policy.decide(destination).allowed;
  if (!address) return;
  checkAddress(*address);
  KJ_ASSERT(byName == policy.decide(destination, *address).allowed);
  KJ_ASSERT(!byName || isPublic(*address));
}

}  // namespace

int fuzzEgress(Bytes input) {
  std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  auto parsed = parseDestination(text);
  if (auto* destination = std::get_if<Destination>(&parsed)) checkDestination(text, *destination);
  if (auto address = parseIpAddress(text)) checkAddress(*address);
  if (input.size() == 4 || input.size() == 16) {
    IpAddress address;
    address.family = input.size() == 4 ? IpAddress::Family::kV4 : IpAddress::Family::kV6;
    std::copy(input.begin(), input.end(), address.bytes.begin());
    checkAddress(address);
  }
  auto json = parseBoundedJson(text);
  if (!json) return 0;
  auto rules = readAppEgress(*json, "egress");
  auto* settings = std::get_if<EgressSettings>(&rules);
  if (settings == nullptr) return 0;
  auto again = readAppEgress(appEgressJson(*settings), "egress");
  KJ_ASSERT(std::holds_alternative<EgressSettings>(again));
  KJ_ASSERT(std::get<EgressSettings>(again) == *settings);
  return 0;
}

}  // namespace nano::fuzz
