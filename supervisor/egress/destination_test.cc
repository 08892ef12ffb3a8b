#include "supervisor/egress/destination.h"

#include <gtest/gtest.h>

#include "protocol/limits.h"

namespace nano {
namespace {

using Scheme = Destination::Scheme;

// "SCHEME HOST PORT TARGET", or why not.
std::string text(const std::variant<Destination, std::string>& parsed) {
  if (auto* why = std::get_if<std::string>(&parsed)) return *why;
  const auto& to = std::get<Destination>(parsed);
  return std::string(schemeName(to.scheme)) + " " + to.host + " " + std::to_string(to.port) +
         (to.target.empty() ? "" : " " + to.target);
}
std::string parsed(std::string_view url) { return text(parseDestination(url)); }
bool isRefused(std::string_view url) {
  return std::holds_alternative<std::string>(parseDestination(url));
}

TEST(DestinationTest, ReadsAUrlInItsOneForm) {
  EXPECT_EQ(parsed("http://example.com/"), "http example.com 80 /");
  EXPECT_EQ(parsed("https://example.com/a/b?c=d&e"), "https example.com 443 /a/b?c=d&e");
  EXPECT_EQ(parsed("http://example.com:443/"), "http example.com 443 /");
  EXPECT_EQ(parsed("https://192.0.2.1:8443/x"), "https 192.0.2.1 8443 /x");
  EXPECT_EQ(parsed("http://[2001:db8::1]/"), "http 2001:db8::1 80 /");
  EXPECT_EQ(parsed("http://[::ffff:7f00:1]:81/?"), "http ::ffff:7f00:1 81 /?");
  EXPECT_EQ(parsed("http://example.com./x"), "http example.com 80 /x");
  EXPECT_EQ(parsed("http://a/%2F%41;=:@!$&'()*+,~|[]"), "http a 80 /%2F%41;=:@!$&'()*+,~|[]");
  EXPECT_EQ(parsed("http://a/?`{}|\\^[]/?"), "http a 80 /?`{}|\\^[]/?");
  EXPECT_EQ(parsed("http://a//b/.../..c/%2e%2e%2e"), "http a 80 //b/.../..c/%2e%2e%2e");
}

TEST(DestinationTest, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> kCases[] = {
      {"ftp://a/", "begins with neither http:// nor https://"},
      {"http://", "has a host that is empty"},
      {"http://a", "has no path: the shortest is '/'"},
      {"http://u@a/", "names a user"},
      {"http://a:/", "has a port that is no number from 1 to 65535"},
      {"http://a:80/", "names the port that its scheme has anyway"},
      {"http://[::1/", "has a '[' without its ']'"},
      {"http://[::1]x/", "has something between its host and its port"},
      {"http://[1.2.3.4]/", "has no IPv6 address in '[]'"},
      {"http://[0::1]/", "has an IPv6 address that is written otherwise"},
      {"http://a_b..c/", "has a host that has an empty label"},
      {"http://127.1/",
       "has a host that ends in a number and is no IPv4 address in its usual form"},
      {"http://a/#x", "has a fragment or a character that must be percent-encoded"},
      {"http://a/ b", "has a byte that must be percent-encoded"},
      {"http://a/../b", "has a path with '.' or '..'"},
  };
  for (const auto& [url, why] : kCases)
    EXPECT_EQ(parsed(url), "the URL '" + std::string(url) + "' " + why);
}

// Hostile case U12.
TEST(DestinationTest, NothingThatSplitsAHeadGetsThrough) {
  for (const char* url : {"http://a/\r\nx: y",
                          "http://a/\n",
                          "http://a\r\n/",
                          "http://a/?\r",
                          "http://a/\t",
                          "http://a/\x7f",
                          "http://a/\xc3\xa9",
                          "http://a/?\xff",
                          "unix:/run/nano/admin.sock",
                          "http+unix://a/",
                          "file:///etc/passwd",
                          "gopher://a/",
                          "data:,x",
                          "http:/a/",
                          "http:a",
                          "//a/",
                          "/a",
                          "",
                          "HTTP://a/",
                          "http ://a/",
                          " http://a/",
                          "http://a/ "}) {
    EXPECT_TRUE(isRefused(url)) << url;
  }
  EXPECT_TRUE(isRefused(std::string_view("http://a\0b/", 11)));
  EXPECT_TRUE(isRefused(std::string_view("http://a/\0", 10)));
}

TEST(DestinationTest, RefusesPortsInOtherForms) {
  for (const char* url : {"http://a:0/", "http://a:00080/", "http://a:65536/", "http://a:99999999/",
                          "http://a:+81/", "http://a:8a/", "http://a:-1/", "http://a:81:82/",
                          "https://a:443/", "http://[::1]:080/", "http://a: 81/"}) {
    EXPECT_TRUE(isRefused(url)) << url;
  }
  EXPECT_FALSE(isRefused("http://a:65535/"));
}

TEST(DestinationTest, RefusesATargetThatTheUrlStandardWouldWriteOtherwise) {
  for (const char* url :
       {"http://a/.",    "http://a/./b", "http://a/b/..", "http://a/%2e/b", "http://a/%2E%2e/b",
        "http://a/.%2e", "http://a/\"",  "http://a/<",    "http://a/>",     "http://a/`",
        "http://a/{",    "http://a/}",   "http://a/^",    "http://a/b\\c",  "http://a\\b/",
        "http://a/?\"",  "http://a/?<",  "http://a/?>",   "http://a/?'",    "http://a?b",
        "http://a#b"}) {
    EXPECT_TRUE(isRefused(url)) << url;
  }
}

TEST(DestinationTest, TakesAUrlUpToTheLimit) {
  std::string url = "http://a/";
  url.append(kMaxUrlBytes - url.size(), 'x');
  EXPECT_FALSE(isRefused(url));
  EXPECT_TRUE(isRefused(url + "x"));
}

TEST(DestinationTest, NamesASocketsDestinationInTheSameForm) {
  EXPECT_EQ(text(makeDestination(Scheme::kTcp, "db.example.com", 5432)), "tcp db.example.com 5432");
  EXPECT_EQ(text(makeDestination(Scheme::kTls, "db.example.com.", 443)), "tls db.example.com 443");
  EXPECT_EQ(text(makeDestination(Scheme::kTcp, "[::1]", 1)), "tcp ::1 1");
  EXPECT_EQ(text(makeDestination(Scheme::kTcp, "::1", 1)), "tcp ::1 1");
  EXPECT_EQ(text(makeDestination(Scheme::kTcp, "10.0.0.1", 1)), "tcp 10.0.0.1 1");
  EXPECT_EQ(text(makeDestination(Scheme::kHttp, "a", 80)), "http a 80 /");
  for (const char* host : {"", "DB", "a b", "127.1", "[::1", "::1]", "[]", "[a]", "0::1",
                           "fe80::1%1", "a:1", "a/b", "1.2.3.4.", "u@a"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(makeDestination(Scheme::kTcp, host, 1)))
        << host;
  }
  EXPECT_EQ(text(makeDestination(Scheme::kTcp, "a", 0)), "there is no port 0 to connect to");
}

TEST(DestinationTest, IsDescribedWithItsPortWhereThatSaysSomething) {
  auto described = [](std::string_view url) {
    return describe(std::get<Destination>(parseDestination(url)));
  };
  EXPECT_EQ(described("http://example.com/x"), "http://example.com");
  EXPECT_EQ(described("https://example.com:80/"), "https://example.com:80");
  EXPECT_EQ(described("http://[::1]:8080/"), "http://[::1]:8080");
  EXPECT_EQ(describe(std::get<Destination>(makeDestination(Scheme::kTls, "::1", 443))),
            "tls://[::1]:443");
}

TEST(DestinationTest, KnowsItsSchemesByName) {
  for (auto scheme : {Scheme::kHttp, Scheme::kHttps, Scheme::kTcp, Scheme::kTls})
    EXPECT_EQ(schemeNamed(schemeName(scheme)), scheme);
  EXPECT_EQ(schemeNamed("ftp"), std::nullopt);
}

}  // namespace
}  // namespace nano
