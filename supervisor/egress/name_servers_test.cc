#include "supervisor/egress/name_servers.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

class NameServersTest : public testing::Test {
 protected:
  NameServersTest() { settings_.resolvConf = directory_.below("resolv.conf"); }

  void write(const std::string& text) { std::ofstream(settings_.resolvConf) << text; }
  static NameServer server(std::string_view address) { return {*parseIpAddress(address)}; }

  TemporaryDirectory directory_;
  DnsSettings settings_;
};

TEST_F(NameServersTest, ReadsTheSystemsServersAgainWhenTheyChange) {
  write("search example.test\nnameserver 192.0.2.53\n");
  NameServers servers(settings_);
  EXPECT_EQ(servers.current(), std::vector{server("192.0.2.53")});
  write("nameserver 2001:db8::53\nnameserver 192.0.2.5\noptions timeout:30\n");
  EXPECT_EQ(servers.current(), (std::vector{server("2001:db8::53"), server("192.0.2.5")}));
}

TEST_F(NameServersTest, WithoutAFileItIsThisMachine) {
  NameServers servers(settings_);
  EXPECT_EQ(servers.current(), std::vector{server("127.0.0.1")});
}

TEST_F(NameServersTest, TheSettingsComeFirst) {
  write("nameserver 192.0.2.53\n");
  settings_.servers = {server("192.0.2.1")};
  NameServers servers(settings_);
  EXPECT_EQ(servers.current(), settings_.servers);
}

}  // namespace
}  // namespace nano
