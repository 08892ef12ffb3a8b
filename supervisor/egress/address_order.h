#pragma once

#include <cstdint>
#include <vector>

#include "supervisor/egress/ip_address.h"

namespace nano {

enum class Ipv6Route : uint8_t { kNone, kWorks };

// Whether this machine knows a way to the IPv6 internet. Asks the kernel; sends nothing.
Ipv6Route ipv6Route();

// The order in which addresses are tried. With a route the families take turns and IPv6 begins (RFC
// 8305 4); without one, all of IPv4 comes first. Within a family it is as given.
std::vector<IpAddress> inOrder(const std::vector<IpAddress>& v4, const std::vector<IpAddress>& v6,
                               Ipv6Route route);

}  // namespace nano
