#include "supervisor/egress/address_order.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

IpAddress v4(uint8_t last) {
  IpAddress address;
  address.bytes = {192, 0, 2, last};
  return address;
}

IpAddress v6(uint8_t last) {
  IpAddress address;
  address.family = IpAddress::Family::kV6;
  address.bytes = {0x20, 1, 0xd, 0xb8};
  address.bytes[15] = last;
  return address;
}

TEST(AddressOrderTest, FamiliesTakeTurnsWhereIpv6Works) {
  EXPECT_EQ(inOrder({v4(1), v4(2), v4(3)}, {v6(1), v6(2)}, Ipv6Route::kWorks),
            (std::vector{v6(1), v4(1), v6(2), v4(2), v4(3)}));
  EXPECT_EQ(inOrder({}, {v6(2), v6(1)}, Ipv6Route::kWorks), (std::vector{v6(2), v6(1)}));
}

TEST(AddressOrderTest, Ipv4ComesFirstWhereThereIsNoRoute) {
  EXPECT_EQ(inOrder({v4(2), v4(1)}, {v6(1), v6(2)}, Ipv6Route::kNone),
            (std::vector{v4(2), v4(1), v6(1), v6(2)}));
}

}  // namespace
}  // namespace nano
