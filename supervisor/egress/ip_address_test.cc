#include "supervisor/egress/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include <gtest/gtest.h>

namespace nano {
namespace {

// The address as it is written, or "none".
std::string again(std::string_view text) {
  auto address = parseIpAddress(text);
  return address ? toString(*address) : "none";
}

TEST(IpAddressTest, AnIpv4AddressHasOneSpelling) {
  for (const char* text : {"0.0.0.0", "127.0.0.1", "255.255.255.255", "10.20.30.40"})
    EXPECT_EQ(again(text), text);
  for (const char* text :
       {"",           ".",          "1",         "1.2.3",        "1.2.3.4.",
        ".1.2.3.4",   "1.2.3.4.5",  "1..2.3",    "01.2.3.4",     "1.2.3.00",
        "256.1.1.1",  "1.2.3.0x4",  "+1.2.3.4",  " 1.2.3.4",     "1.2.3.4 ",
        "1.2.3.-4",   "1.2.3.4567", "1.2.3.4/8", "1.2.3.4%eth0", "\xef\xbc\x91.2.3.4",
        "0x7f.0.0.1", "2130706433"}) {
    EXPECT_EQ(again(text), "none") << text;
  }
  EXPECT_EQ(again(std::string_view("1.2.3.4\0", 8)), "none");
}

TEST(IpAddressTest, ReadsEveryFormOfRfc4291) {
  EXPECT_EQ(again("::"), "::");
  EXPECT_EQ(again("::1"), "::1");
  EXPECT_EQ(again("1::"), "1::");
  EXPECT_EQ(again("2001:DB8:0:0:8:800:200C:417A"), "2001:db8::8:800:200c:417a");
  EXPECT_EQ(again("0:0:0:0:0:0:13.1.68.3"), "::d01:4403");
  EXPECT_EQ(again("::ffff:127.0.0.1"), "::ffff:7f00:1");
  EXPECT_EQ(again("0001:0002::0003"), "1:2::3");
}

TEST(IpAddressTest, WritesTheFirstLongestRunOfZeroPiecesAsTwoColons) {
  EXPECT_EQ(again("1:0:0:2:0:0:0:3"), "1:0:0:2::3");
  EXPECT_EQ(again("1:0:0:2:0:0:3:4"), "1::2:0:0:3:4");
  EXPECT_EQ(again("1:0:2:3:4:5:6:7"), "1:0:2:3:4:5:6:7");
  EXPECT_EQ(again("0:1:2:3:4:5:6:0"), "0:1:2:3:4:5:6:0");
  EXPECT_EQ(again("0:0:1:2:3:4:5:6"), "::1:2:3:4:5:6");
  EXPECT_EQ(again("1:2:3:4:5:6:0:0"), "1:2:3:4:5:6::");
}

TEST(IpAddressTest, RefusesWhatIsNoIpv6Address) {
  for (const char* text : {":",
                           ":::",
                           "1:2:3",
                           "::1::",
                           "1:2:3:4:5:6:7:8:9",
                           "12345::",
                           "::g",
                           "[::1]",
                           "fe80::1%eth0",
                           "fe80::1%25eth0",
                           "::1/128",
                           " ::1",
                           "::1 ",
                           "::ffff:127.0.0.01",
                           "::ffff:0x7f.0.0.1",
                           "::ffff:127.1",
                           "::127.0.0.1.",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "0000:0000:0000:0000:0000:0000:0000:0000:0001"}) {
    EXPECT_EQ(again(text), "none") << text;
  }
  EXPECT_EQ(again(std::string_view("::1\0", 4)), "none");
}

TEST(IpAddressTest, GoesThroughASocketsAddressUnchanged) {
  for (const char* text : {"127.0.0.1", "203.0.113.9", "::1", "2001:db8::1"}) {
    IpAddress address = *parseIpAddress(text);
    SocketAddress socket = socketAddress(address, 8443);
    EXPECT_EQ(addressOf(reinterpret_cast<sockaddr&>(socket.storage)), address) << text;
  }
  SocketAddress v4 = socketAddress(*parseIpAddress("192.0.2.1"), 258);
  sockaddr_in in{};
  ASSERT_EQ(v4.size, sizeof in);
  std::memcpy(&in, &v4.storage, sizeof in);
  EXPECT_EQ(in.sin_family, AF_INET);
  EXPECT_EQ(in.sin_port, htons(258));
  EXPECT_EQ(in.sin_addr.s_addr, htonl(0xC0000201));
  SocketAddress v6 = socketAddress(*parseIpAddress("::1"), 443);
  sockaddr_in6 in6{};
  ASSERT_EQ(v6.size, sizeof in6);
  std::memcpy(&in6, &v6.storage, sizeof in6);
  EXPECT_EQ(in6.sin6_family, AF_INET6);
  EXPECT_EQ(in6.sin6_port, htons(443));
}

TEST(IpAddressTest, OtherFamiliesHaveNoAddress) {
  sockaddr other{};
  other.sa_family = AF_UNIX;
  EXPECT_FALSE(addressOf(other));
}

}  // namespace
}  // namespace nano
