#include "supervisor/egress/address_class.h"

#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

namespace nano {
namespace {

AddressFacts factsOf(std::string_view text) {
  auto address = parseIpAddress(text);
  if (!address) ADD_FAILURE() << text << " is no address";
  return classify(address.value_or(IpAddress{}));
}

std::string nameOf(std::string_view text) { return std::string(className(factsOf(text).kind)); }

// "CLASS BLOCK"
std::string placeOf(std::string_view text) {
  AddressFacts facts = factsOf(text);
  return std::string(className(facts.kind)) + " " + toString(facts.block);
}

TEST(AddressClassTest, TheRestOfTheInternetIsPublic) {
  for (const char* text :
       {"1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",     "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0",     "172.15.255.255",  "172.32.0.0",
        "192.0.1.0",       "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",      "223.255.255.255", "2000::1",         "2606:4700:4700::1111",
        "2a00::1",         "2001:200::1",     "3ffe::1",         "3fff:1000::1",
        "2003::1"}) {
    EXPECT_EQ(nameOf(text), "public") << text;
    EXPECT_TRUE(isPublic(*parseIpAddress(text))) << text;
  }
}

// Hostile cases U01 and U03: both ends of each block.
TEST(AddressClassTest, NothingThatIsSomebodysInsideIsPublic) {
  const std::pair<const char*, const char*> kCases[] = {
      {"0.0.0.0", "unspecified"},
      {"0.255.255.255", "unspecified"},
      {"10.0.0.0", "private"},
      {"10.255.255.255", "private"},
      {"100.64.0.0", "shared"},
      {"100.127.255.255", "shared"},
      {"100.100.100.200", "metadata"},
      {"127.0.0.1", "loopback"},
      {"127.255.255.255", "loopback"},
      {"168.63.129.16", "metadata"},
      {"169.254.169.254", "metadata"},
      {"169.254.0.0", "link-local"},
      {"169.254.255.255", "link-local"},
      {"172.16.0.0", "private"},
      {"172.31.255.255", "private"},
      {"192.0.0.0", "reserved"},
      {"192.0.0.192", "metadata"},
      {"192.0.2.255", "documentation"},
      {"192.168.0.0", "private"},
      {"192.168.255.255", "private"},
      {"198.18.0.0", "benchmark"},
      {"198.19.255.255", "benchmark"},
      {"198.51.100.0", "documentation"},
      {"203.0.113.255", "documentation"},
      {"224.0.0.0", "multicast"},
      {"239.255.255.255", "multicast"},
      {"240.0.0.0", "reserved"},
      {"255.255.255.254", "reserved"},
      {"255.255.255.255", "broadcast"},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"100::1", "reserved"},
      {"100:0:0:1::1", "reserved"},
      {"2001:1::1", "reserved"},
      {"2001:20::1", "reserved"},
      {"2001:2::1", "benchmark"},
      {"2001:db8:ffff::1", "documentation"},
      {"3fff::1", "documentation"},
      {"3fff:fff::1", "documentation"},
      {"5f00::1", "reserved"},
      {"fc00::1", "unique local"},
      {"fdff:ffff::1", "unique local"},
      {"fd00:ec2::254", "metadata"},
      {"fd00:ec2::23", "metadata"},
      {"fd20:ce::254", "metadata"},
      {"fd20:ce::255", "unique local"},
      {"fe80::1", "link-local"},
      {"febf:ffff::1", "link-local"},
      {"fe80::a9fe:a9fe", "metadata"},
      {"fec0::1", "reserved"},
      {"ff02::1", "multicast"},
      {"ff0e::1", "multicast"},
      {"200::1", "reserved"},
      {"4000::1", "reserved"},
      {"1fff::1", "reserved"},
      {"e000::1", "reserved"},
  };
  for (const auto& [text, name] : kCases) {
    EXPECT_EQ(nameOf(text), name) << text;
    EXPECT_FALSE(isPublic(*parseIpAddress(text))) << text;
  }
}

// Hostile case U02: what stands in 127.0.0.1's place is looked at, whatever is around it.
TEST(AddressClassTest, LooksThroughEveryWayToWrapIpv4) {
  for (const char* text : {"::ffff:127.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1",
                           "64:ff9b::127.0.0.1", "64:ff9b:1::127.0.0.1",
                           "64:ff9b:1:2:3:4:127.0.0.1", "2002:7f00:1::", "2002:7f00:1::8.8.8.8",
                           "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:127.0.0.1"}) {
    EXPECT_EQ(nameOf(text), "loopback") << text;
  }
  EXPECT_EQ(nameOf("64:ff9b::a9fe:a9fe"), "metadata");
  EXPECT_EQ(nameOf("::ffff:10.0.0.1"), "private");
  EXPECT_EQ(nameOf("2002:a00:1::1"), "private");
}

TEST(AddressClassTest, APublicAddressInsideIsPublicOnlyWhereTheWrappingIsARouteToIt) {
  EXPECT_EQ(nameOf("::ffff:8.8.8.8"), "public");
  EXPECT_EQ(nameOf("64:ff9b::8.8.8.8"), "public");
  EXPECT_EQ(nameOf("2606:4700::5efe:808:808"), "public");
  EXPECT_EQ(nameOf("::8.8.8.8"), "reserved");
  EXPECT_EQ(nameOf("::ffff:0:8.8.8.8"), "reserved");
  EXPECT_EQ(nameOf("64:ff9b:1::8.8.8.8"), "reserved");
  EXPECT_EQ(nameOf("2002:808:808::1"), "reserved");
  EXPECT_EQ(nameOf("2001:0:4136:e378:8000:63bf:3fff:fdd2"), "reserved");
  EXPECT_EQ(toString(factsOf("64:ff9b::8.8.8.8").embedded.value()), "8.8.8.8");
}

TEST(AddressClassTest, NamesTheBlockThatMakesItSo) {
  EXPECT_EQ(placeOf("10.1.2.3"), "private 10.0.0.0/8");
  EXPECT_EQ(placeOf("169.254.169.254"), "metadata 169.254.169.254/32");
  EXPECT_EQ(placeOf("::ffff:10.1.2.3"), "private 10.0.0.0/8");
  EXPECT_EQ(placeOf("64:ff9b::10.1.2.3"), "private 64:ff9b::a00:0/104");
  EXPECT_EQ(placeOf("2002:a01:203:4::5"), "private 2002:a00::/24");
  EXPECT_EQ(placeOf("2002:808:808::1"), "reserved 2002::/16");
  EXPECT_EQ(placeOf("200::1"), "reserved ::/3");
  EXPECT_EQ(placeOf("2606:4700::5efe:10.0.0.1"), "private 2606:4700::5efe:a00:1/128");
  EXPECT_EQ(placeOf("8.8.8.8"), "public 8.8.8.8/32");
}

TEST(AddressClassTest, EveryRowHasABlockOfItsOwnThatItsAddressesFind) {
  std::set<std::string_view> blocks;
  for (const AddressRow& row : addressTable()) {
    EXPECT_TRUE(blocks.insert(row.block).second) << row.block;
    auto block = parseCidr(row.block);
    ASSERT_TRUE(std::holds_alternative<Cidr>(block)) << row.block;
    EXPECT_EQ(toString(std::get<Cidr>(block)), row.block);
    EXPECT_NE(row.reason, "") << row.block;
    if (row.embedding != Embedding::kNone) continue;
    EXPECT_EQ(className(classify(std::get<Cidr>(block).network).kind), className(row.kind))
        << row.block;
  }
}

TEST(AddressClassTest, EveryRowIsInTheDocumentation) {
  std::ifstream file(NANO_DOCS "/egress.md");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (const AddressRow& row : addressTable()) {
    std::string line = "\n| `" + std::string(row.block) + "` | " +
                       std::string(className(row.kind)) + " | " + std::string(row.reason) + " |\n";
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace nano
