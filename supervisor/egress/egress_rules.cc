#include "supervisor/egress/egress_rules.h"

#include <algorithm>

namespace nano {
namespace {

template <typename List, typename Test>
bool anyOrNone(const List& list, Test test) {
  return list.empty() || std::any_of(list.begin(), list.end(), test);
}

}  // namespace

bool EgressRule::Host::matches(std::string_view host) const {
  if (kind == Kind::kAny) return true;
  if (kind == Kind::kExact) return host == name;
  return host.size() > name.size() && host.ends_with(name) &&
         host[host.size() - name.size() - 1] == '.';
}

bool meetsName(const EgressRule& rule, const Destination& destination) {
  return anyOrNone(rule.schemes,
                   [&destination](auto scheme) { return scheme == destination.scheme; }) &&
         anyOrNone(
             rule.ports,
             [&destination](const auto& ports) { return ports.contains(destination.port); }) &&
         anyOrNone(rule.hosts,
                   [&destination](const auto& host) { return host.matches(destination.host); });
}

bool meetsAddress(const EgressRule& rule, const IpAddress& address, const AddressFacts& facts) {
  return anyOrNone(rule.blocks, [plain = unmapped(address), &facts](const Cidr& block) {
    return block.contains(plain) || (facts.embedded && block.contains(*facts.embedded));
  });
}

bool opens(const EgressRule& rule, const IpAddress& address, const AddressFacts& facts) {
  return std::any_of(rule.blocks.begin(), rule.blocks.end(),
                     [plain = unmapped(address), &facts](const Cidr& block) {
                       return block.contains(plain) && facts.block.contains(block);
                     });
}

}  // namespace nano
