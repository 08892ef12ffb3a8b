#include "supervisor/route_pattern.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

RoutePattern parsed(std::string_view text) {
  auto result = parseRoutePattern(text);
  if (auto* problem = std::get_if<std::string>(&result)) ADD_FAILURE() << *problem;
  auto* pattern = std::get_if<RoutePattern>(&result);
  return pattern == nullptr ? RoutePattern{} : *pattern;
}

TEST(RoutePatternTest, ReadsWranglersPatterns) {
  EXPECT_EQ(parsed("example.com/api/*"), (RoutePattern{"example.com", false, "/api"}));
  EXPECT_EQ(parsed("*.example.com/*"), (RoutePattern{"example.com", true, ""}));
  EXPECT_EQ(parsed("example.com"), (RoutePattern{"example.com", false, ""}));
  EXPECT_EQ(parsed("*/*"), (RoutePattern{"", true, ""}));
  EXPECT_EQ(parsed("127.0.0.1"), (RoutePattern{"127.0.0.1", false, ""}));
}

TEST(RoutePatternTest, SpellsTheSamePatternInOneWay) {
  for (const char* text : {"example.com/api", "example.com/api/", "EXAMPLE.com./api/*"}) {
    EXPECT_EQ(parsed(text).text(), "example.com/api/*") << text;
  }
  for (const char* text : {"example.com/*", "*.a.b/x/*", "*/*", "*/api/*"}) {
    EXPECT_EQ(parsed(text).text(), text);
  }
}

TEST(RoutePatternTest, RefusesWhatItWouldNotMatchAsWritten) {
  for (const char* text : {"",
                           "/",
                           "/api",
                           "https://example.com/*",
                           "example.com:80/*",
                           "*example.com/*",
                           "a.*.com",
                           "*.",
                           "*..com",
                           "a..b",
                           ".a",
                           "a b",
                           "exämple.com",
                           "example.com/api*",
                           "example.com/a/*/b",
                           "example.com/a?b",
                           "example.com/a#b",
                           "example.com//",
                           "example.com/a/../b",
                           "example.com/.",
                           "example.com/a\\b",
                           "example.com/ä",
                           "[::1]/",
                           "a/\n"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(parseRoutePattern(text))) << text;
  }
  EXPECT_TRUE(
      std::holds_alternative<std::string>(parseRoutePattern(std::string(64, 'a') + ".com")));
  std::string longHost;
  for (int i = 0; i < 127; ++i)
    longHost += "a.";
  EXPECT_TRUE(std::holds_alternative<std::string>(parseRoutePattern(longHost + "aa")));
}

}  // namespace
}  // namespace nano
