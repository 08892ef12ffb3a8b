#include "supervisor/egress/own_endpoints.h"

#include <ifaddrs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <tuple>

namespace nano {
namespace {

bool isBefore(const IpAddress& a, const IpAddress& b) {
  return std::tie(a.family, a.bytes) < std::tie(b.family, b.bytes);
}

}  // namespace

bool OwnEndpoints::hasAddress(const IpAddress& address) const {
  return std::binary_search(addresses.begin(), addresses.end(), address, isBefore);
}

std::variant<std::vector<IpAddress>, std::string> ownAddresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) {
    return std::string("the machine's own addresses cannot be read: ") + strerror(errno);
  }
  std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(list, &freeifaddrs);
  std::vector<IpAddress> addresses;
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr) continue;
    if (auto address = addressOf(*each->ifa_addr)) addresses.push_back(*address);
  }
  std::sort(addresses.begin(), addresses.end(), isBefore);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

}  // namespace nano
