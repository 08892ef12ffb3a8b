#include "supervisor/egress/cidr.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

Cidr cidr(std::string_view text) {
  auto parsed = parseCidr(text);
  if (auto* why = std::get_if<std::string>(&parsed)) ADD_FAILURE() << text << " " << *why;
  auto* found = std::get_if<Cidr>(&parsed);
  return found == nullptr ? Cidr{} : *found;
}

std::string problemOf(std::string_view text) {
  auto parsed = parseCidr(text);
  auto* why = std::get_if<std::string>(&parsed);
  return why == nullptr ? "" : *why;
}

bool isIn(std::string_view block, std::string_view address) {
  return cidr(block).contains(*parseIpAddress(address));
}

TEST(CidrTest, HoldsTheAddressesThatBeginLikeIt) {
  EXPECT_TRUE(isIn("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(isIn("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(isIn("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(isIn("172.16.0.0/12", "172.32.0.0"));
  EXPECT_FALSE(isIn("172.16.0.0/12", "172.15.255.255"));
  EXPECT_TRUE(isIn("0.0.0.0/0", "8.8.8.8"));
  EXPECT_TRUE(isIn("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(isIn("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(isIn("fe80::/10", "febf::1"));
  EXPECT_FALSE(isIn("fe80::/10", "fec0::1"));
  EXPECT_TRUE(isIn("2001:db8::1", "2001:db8::1"));
  EXPECT_FALSE(isIn("2001:db8::1", "2001:db8::2"));
}

TEST(CidrTest, HoldsNoAddressOfTheOtherFamily) {
  EXPECT_FALSE(isIn("::/0", "8.8.8.8"));
  EXPECT_FALSE(isIn("0.0.0.0/0", "::808:808"));
}

TEST(CidrTest, HoldsSmallerBlocks) {
  EXPECT_TRUE(cidr("10.0.0.0/8").contains(cidr("10.1.0.0/16")));
  EXPECT_TRUE(cidr("10.0.0.0/8").contains(cidr("10.0.0.0/8")));
  EXPECT_FALSE(cidr("10.0.0.0/8").contains(cidr("10.0.0.0/7")));
  EXPECT_FALSE(cidr("10.0.0.0/8").contains(cidr("11.0.0.0/16")));
  EXPECT_FALSE(cidr("::/0").contains(cidr("10.0.0.0/8")));
}

TEST(CidrTest, ReadsMappedBlocksAsIpv4) {
  EXPECT_EQ(toString(cidr("::ffff:10.0.0.0/104")), "10.0.0.0/8");
  EXPECT_EQ(toString(cidr("::ffff:a00:1")), "10.0.0.1/32");
  EXPECT_EQ(toString(cidr("::ffff:0:0/96")), "0.0.0.0/0");
  EXPECT_EQ(toString(unmapped(*parseIpAddress("::ffff:7f00:1"))), "127.0.0.1");
  EXPECT_EQ(toString(unmapped(*parseIpAddress("::7f00:1"))), "::7f00:1");
}

TEST(CidrTest, SaysWhatIsWrong) {
  for (const char* text :
       {"", "/8", "10/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8 ",
        "10.0.0.0/8/8", "::/129", "fe80::1%eth0", "example.com", "10.0.0.0/256", "10.0.0.0/0x8"}) {
    EXPECT_NE(problemOf(text), "") << text;
  }
  EXPECT_EQ(problemOf("10.1.2.3/8"),
            "has bits behind its length: 10.0.0.0/8 is the block that it is in");
  EXPECT_EQ(problemOf("fd00::1/8"),
            "has bits behind its length: fd00::/8 is the block that it is in");
}

}  // namespace
}  // namespace nano
