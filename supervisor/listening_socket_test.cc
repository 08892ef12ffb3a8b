#include "supervisor/listening_socket.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(ListeningSocketTest, GivesEveryFrontEndASocketOfItsOwnForTheSamePort) {
  auto first = openListeningSocket("127.0.0.1", 0);
  ASSERT_TRUE(std::holds_alternative<ListeningSocket>(first));
  uint16_t port = std::get<ListeningSocket>(first).port;
  EXPECT_NE(port, 0);
  auto second = openListeningSocket("127.0.0.1", port);
  ASSERT_TRUE(std::holds_alternative<ListeningSocket>(second));
  EXPECT_EQ(std::get<ListeningSocket>(second).port, port);
}

TEST(ListeningSocketTest, SharesNoPortWithAnotherServer) {
  auto first = openListeningSockets("127.0.0.1", 0, 2);
  uint16_t port = std::get<std::vector<ListeningSocket>>(first).front().port;
  auto second = openListeningSockets("127.0.0.1", port, 2);
  ASSERT_TRUE(std::holds_alternative<std::string>(second));
  EXPECT_EQ(std::get<std::string>(second),
            "cannot listen on 127.0.0.1 port " + std::to_string(port) + ": Address already in use");
}

TEST(ListeningSocketTest, NamesTheAddressThatCannotBeHad) {
  auto socket = openListeningSocket("192.0.2.1", 1);  // RFC 5737: nobody's address.
  ASSERT_TRUE(std::holds_alternative<std::string>(socket));
  EXPECT_NE(std::get<std::string>(socket).find("192.0.2.1 port 1"), std::string::npos);
}

TEST(HostPortTest, ReadsBothFamiliesAndEveryAddress) {
  auto v4 = std::get<HostPort>(parseHostPort("127.0.0.1:8787"));
  EXPECT_EQ(v4.host, "127.0.0.1");
  EXPECT_EQ(v4.port, 8787);
  EXPECT_EQ(std::get<HostPort>(parseHostPort("[::1]:80")).host, "::1");
  EXPECT_EQ(std::get<HostPort>(parseHostPort(":80")).host, "::");
}

TEST(HostPortTest, RefusesWhatIsNotAnAddressAndAPort) {
  for (auto text : {"", "8787", "localhost:80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000",
                    "127.0.0.1:80 ", "1.2.3:80"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(parseHostPort(text))) << text;
  }
}

}  // namespace
}  // namespace nano
