#include "supervisor/egress/dns_settings.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

NameServer server(std::string_view address, uint16_t port) {
  return {*parseIpAddress(address), port};
}

TEST(DnsSettingsTest, ReadsAddressesWithAndWithoutAPort) {
  auto parsed = parseNameServers("192.0.2.1,192.0.2.2:5353,2001:db8::1,[2001:db8::2],[::1]:54");
  auto* servers = std::get_if<std::vector<NameServer>>(&parsed);
  ASSERT_NE(servers, nullptr);
  EXPECT_EQ(*servers, (std::vector<NameServer>{server("192.0.2.1", 53), server("192.0.2.2", 5353),
                                               server("2001:db8::1", 53), server("2001:db8::2", 53),
                                               server("::1", 54)}));
}

TEST(DnsSettingsTest, NothingIsNoServer) {
  auto parsed = parseNameServers("");
  ASSERT_TRUE(std::holds_alternative<std::vector<NameServer>>(parsed));
  EXPECT_TRUE(std::get<std::vector<NameServer>>(parsed).empty());
}

TEST(DnsSettingsTest, RefusesWhatIsNoAddress) {
  for (const char* text :
       {"localhost", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:53x", "192.0.2.1 ",
        "[192.0.2.1]:53", "[::1", "[::1]53", "fe80::1%eth0", ",192.0.2.1", "192.0.2.1,",
        "192.0.2.1,,192.0.2.2", "192.0.2.1/24", "192.0.2.1:+53"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(parseNameServers(text))) << text;
  }
}

TEST(DnsSettingsTest, RefusesMoreServersThanAnyLookupWouldAsk) {
  std::string many = "192.0.2.1";
  for (int i = 0; i < 8; i++)
    many += ",192.0.2.1";
  EXPECT_TRUE(std::holds_alternative<std::string>(parseNameServers(many)));
}

}  // namespace
}  // namespace nano
