#include "worker/request_url.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

std::string standard(std::string_view url) { return standardUrl(url).value_or("as it came"); }

TEST(RequestUrlTest, LeavesOrdinaryOnesAlone) {
  for (const char* url : {"http://app.test/", "https://app.test:8443/a/b.html?q=a+b&c=%20d",
                          "http://app.test:8080/a..b/c./%E4?/..", "http://[::1]/~a!$&()*,;=:@|[]-_",
                          "http://app.test//a///b?x=../y", "http://app.test/.well-known/x?y=/.."}) {
    EXPECT_EQ(standardUrl(url), std::nullopt) << url;
  }
}

TEST(RequestUrlTest, EncodesWhatIsNoUri) {
  EXPECT_EQ(standard("http://app.test/\"<>`{}?a\"<>'"),
            "http://app.test/%22%3C%3E%60%7B%7D?a%22%3C%3E%27");
  EXPECT_EQ(standard("http://app.test/\xC3\xBC?\xC3\xBC"), "http://app.test/%C3%BC?%C3%BC");
  EXPECT_EQ(standard("http://app.test/%zz|\x7F"), "http://app.test/%zz|%7F");
}

TEST(RequestUrlTest, ResolvesDotSegments) {
  EXPECT_EQ(standard("http://app.test/a/../b"), "http://app.test/b");
  EXPECT_EQ(standard("http://app.test/../../b/."), "http://app.test/b/");
  EXPECT_EQ(standard("http://app.test/a/%2e%2E/b"), "http://app.test/b");
}

TEST(RequestUrlTest, DropsADefaultPort) {
  EXPECT_EQ(standard("http://app.test:80/"), "http://app.test/");
  EXPECT_EQ(standard("https://app.test:443/"), "https://app.test/");
  EXPECT_EQ(standard("http://app.test:443/"), "as it came");
  EXPECT_EQ(standard("http://app.test/:80"), "as it came");
}

TEST(RequestUrlTest, LeavesWhatIsNoUrlAsItCame) {
  EXPECT_EQ(standard("http://1.2.3.4.5/<"), "as it came");
  EXPECT_EQ(standard(""), "as it came");
}

}  // namespace
}  // namespace nano
