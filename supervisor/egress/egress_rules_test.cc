#include "supervisor/egress/egress_rules.h"

#include <gtest/gtest.h>

#include "supervisor/egress/destination.h"

namespace nano {
namespace {

using Host = EgressRule::Host;
using Scheme = Destination::Scheme;

Destination to(Scheme scheme, std::string_view host, uint16_t port) {
  return std::get<Destination>(makeDestination(scheme, host, port));
}
Cidr cidr(std::string_view text) { return std::get<Cidr>(parseCidr(text)); }
IpAddress ip(std::string_view text) { return parseIpAddress(text).value(); }

EgressRule ofBlocks(std::initializer_list<std::string_view> blocks) {
  EgressRule rule;
  for (auto block : blocks)
    rule.blocks.push_back(cidr(block));
  return rule;
}
bool meets(const EgressRule& rule, std::string_view address) {
  return meetsAddress(rule, ip(address), classify(ip(address)));
}

TEST(EgressRuleTest, AHostIsMatchedWholeOrBelowADot) {
  Host exact{Host::Kind::kExact, "example.com"};
  EXPECT_TRUE(exact.matches("example.com"));
  EXPECT_FALSE(exact.matches("a.example.com"));
  EXPECT_FALSE(exact.matches("example.com.evil.net"));
  Host below{Host::Kind::kBelow, "example.com"};
  EXPECT_TRUE(below.matches("a.example.com"));
  EXPECT_TRUE(below.matches("a.b.example.com"));
  EXPECT_FALSE(below.matches("example.com"));
  EXPECT_FALSE(below.matches("notexample.com"));
  EXPECT_FALSE(below.matches("example.com.evil.net"));
  EXPECT_FALSE(below.matches(""));
  Host any;
  EXPECT_TRUE(any.matches("example.com"));
  EXPECT_TRUE(any.matches("::1"));
}

TEST(EgressRuleTest, WithoutConditionsItIsMetByEverything) {
  EgressRule rule;
  EXPECT_TRUE(meetsName(rule, to(Scheme::kTcp, "a.b", 1)));
  EXPECT_TRUE(meets(rule, "::1"));
}

TEST(EgressRuleTest, EveryConditionHasToBeMet) {
  EgressRule rule;
  rule.hosts = {{Host::Kind::kExact, "a.b"}, {Host::Kind::kBelow, "c.d"}};
  rule.ports = {{80, 80}, {8000, 8999}};
  rule.schemes = {Scheme::kHttp, Scheme::kTcp};
  EXPECT_TRUE(meetsName(rule, to(Scheme::kHttp, "a.b", 80)));
  EXPECT_TRUE(meetsName(rule, to(Scheme::kTcp, "x.c.d", 8999)));
  EXPECT_FALSE(meetsName(rule, to(Scheme::kHttps, "a.b", 80)));
  EXPECT_FALSE(meetsName(rule, to(Scheme::kHttp, "a.b", 81)));
  EXPECT_FALSE(meetsName(rule, to(Scheme::kHttp, "a.b", 7999)));
  EXPECT_FALSE(meetsName(rule, to(Scheme::kHttp, "a.b", 9000)));
  EXPECT_FALSE(meetsName(rule, to(Scheme::kHttp, "b.a", 80)));
}

TEST(EgressRuleTest, BlocksHoldWhateverTheAddressIsWrappedIn) {
  EgressRule rule = ofBlocks({"10.0.0.0/8", "2001:db8::/32"});
  for (const char* text : {"10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3",
                           "2002:a01:203::1", "2606::5efe:10.1.2.3"}) {
    EXPECT_TRUE(meets(rule, text)) << text;
  }
  for (const char* text : {"11.1.2.3", "2001:db9::1", "::ffff:11.1.2.3"})
    EXPECT_FALSE(meets(rule, text)) << text;
}

TEST(EgressRuleTest, ABlockOpensOnlyWhatItLiesIn) {
  auto opened = [](std::string_view block, std::string_view address) {
    return opens(ofBlocks({block}), ip(address), classify(ip(address)));
  };
  EXPECT_TRUE(opened("10.1.0.0/16", "10.1.2.3"));
  EXPECT_TRUE(opened("10.0.0.0/8", "10.1.2.3"));
  EXPECT_TRUE(opened("169.254.169.254/32", "169.254.169.254"));
  EXPECT_TRUE(opened("127.0.0.0/8", "127.0.0.1"));
  EXPECT_TRUE(opened("::ffff:127.0.0.1", "127.0.0.1"));
  EXPECT_TRUE(opened("64:ff9b::a00:0/104", "64:ff9b::10.1.2.3"));
  EXPECT_FALSE(opened("0.0.0.0/0", "10.1.2.3"));
  EXPECT_FALSE(opened("8.0.0.0/6", "10.1.2.3"));
  EXPECT_FALSE(opened("169.254.0.0/16", "169.254.169.254"));
  EXPECT_FALSE(opened("fd00::/8", "fd00:ec2::254"));
  EXPECT_FALSE(opened("::/0", "::1"));
  EXPECT_FALSE(opened("10.0.0.0/8", "64:ff9b::10.1.2.3"));
  EXPECT_FALSE(opened("64:ff9b::/96", "64:ff9b::10.1.2.3"));
  EXPECT_FALSE(opened("10.2.0.0/16", "10.1.2.3"));
  // It is one block that has to do both.
  IpAddress address = ip("10.1.2.3");
  EXPECT_FALSE(opens(ofBlocks({"0.0.0.0/0", "10.2.0.0/16"}), address, classify(address)));
  EXPECT_FALSE(opens(EgressRule{}, address, classify(address)));
}

}  // namespace
}  // namespace nano
