#include "supervisor/egress/address_order.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include <kj/io.h>

namespace nano {

Ipv6Route ipv6Route() {
  int made = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return Ipv6Route::kNone;
  kj::AutoCloseFd fd(made);
  // 2000::1, an address of the internet that nobody has. Connecting a datagram socket only looks
  // for a route.
  sockaddr_in6 somewhere{};
  somewhere.sin6_family = AF_INET6;
  somewhere.sin6_port = htons(9);
  somewhere.sin6_addr.s6_addr[0] = 0x20;
  somewhere.sin6_addr.s6_addr[15] = 1;
  int result = connect(fd.get(), reinterpret_cast<sockaddr*>(&somewhere), sizeof(somewhere));
  return result == 0 ? Ipv6Route::kWorks : Ipv6Route::kNone;
}

std::vector<IpAddress> inOrder(const std::vector<IpAddress>& v4, const std::vector<IpAddress>& v6,
                               Ipv6Route route) {
  std::vector<IpAddress> all;
  all.reserve(v4.size() + v6.size());
  if (route == Ipv6Route::kNone) {
    all = v4;
    all.insert(all.end(), v6.begin(), v6.end());
    return all;
  }
  for (size_t i = 0; i < std::max(v4.size(), v6.size()); i++) {
    if (i < v6.size()) all.push_back(v6[i]);
    if (i < v4.size()) all.push_back(v4[i]);
  }
  return all;
}

}  // namespace nano
