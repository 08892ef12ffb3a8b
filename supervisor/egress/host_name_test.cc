#include "supervisor/egress/host_name.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(HostNameTest, TakesNamesInTheirOneForm) {
  for (const char* name : {"a", "example.com", "xn--bcher-kva.example", "_dmarc.example.com", "1.a",
                           "-a-.b", "0x1g", "1.2.3.4.example", "x0x1", "localhost"}) {
    EXPECT_EQ(hostNameProblem(name), std::nullopt) << name;
  }
  EXPECT_EQ(hostNameProblem(std::string(63, 'a')), std::nullopt);
  std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                        std::string(63, 'c') + "." + std::string(61, 'd');
  EXPECT_EQ(longest.size(), 253u);
  EXPECT_EQ(hostNameProblem(longest), std::nullopt);
  EXPECT_EQ(hostNameProblem(longest + "d"), "is longer than 253 bytes");
}

TEST(HostNameTest, RefusesOtherBytesAndForms) {
  for (const char* name : {"",
                           ".",
                           "a.",
                           ".a",
                           "a..b",
                           "A",
                           "a b",
                           "a%41",
                           "a/b",
                           "a:1",
                           "a@b",
                           "a\\b",
                           "a!",
                           "a*",
                           "*.a",
                           "b\xc3\xbc"
                           "cher",
                           "a\x7f",
                           "a\n",
                           "[::1]",
                           "::1"}) {
    EXPECT_NE(hostNameProblem(name), std::nullopt) << name;
  }
  EXPECT_NE(hostNameProblem(std::string_view("a\0b", 3)), std::nullopt);
  EXPECT_NE(hostNameProblem(std::string(64, 'a')), std::nullopt);
}

TEST(HostNameTest, RefusesWhatAResolverWouldReadAsANumber) {
  for (const char* name : {"1", "127.1", "2130706433", "0x7f000001", "0x", "a.0x", "a.0xff",
                           "017700000001", "1.2.3.4", "example.1", "0x7f.1", "09", "a.0x7f"}) {
    EXPECT_EQ(hostNameProblem(name), "ends in a number and is no IPv4 address in its usual form")
        << name;
  }
}

}  // namespace
}  // namespace nano
