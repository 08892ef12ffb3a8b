#include "supervisor/request_router.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

AppRoutes app(const std::string& name, const std::vector<std::string>& routes, uint16_t port = 0) {
  auto version = std::make_shared<AppVersion>();
  version->app = name;
  AppRoutes result{version, nullptr, {}, port};
  for (const std::string& route : routes) {
    result.patterns.push_back(std::get<RoutePattern>(parseRoutePattern(route)));
  }
  return result;
}

std::string found(const RequestRouter& router, std::string_view authority,
                  std::string_view target = "/", uint16_t port = 8787) {
  const Route* route = router.find(authority, target, port);
  return route == nullptr ? "none" : route->version->app;
}

TEST(RequestRouterTest, PrefersTheExactHostToTheWildcard) {
  RequestRouter router({app("any", {"*.example.test"}), app("shop", {"shop.example.test"})});
  EXPECT_EQ(found(router, "shop.example.test"), "shop");
  EXPECT_EQ(found(router, "blog.example.test"), "any");
  EXPECT_EQ(found(router, "a.b.example.test"), "any");
  EXPECT_EQ(found(router, "example.test"), "none");
  EXPECT_EQ(found(router, "notexample.test"), "none");
}

TEST(RequestRouterTest, PrefersTheLongerWildcard) {
  RequestRouter router(
      {app("outer", {"*.test"}), app("inner", {"*.example.test"}), app("all", {"*"})});
  EXPECT_EQ(found(router, "a.example.test"), "inner");
  EXPECT_EQ(found(router, "example.test"), "outer");
  EXPECT_EQ(found(router, "test"), "all");
  EXPECT_EQ(found(router, ""), "all");
}

TEST(RequestRouterTest, PrefersTheLongestPathAndEndsItAtASegment) {
  RequestRouter router(
      {app("root", {"a.test/*"}), app("api", {"a.test/api/*"}), app("v2", {"a.test/api/v2"})});
  EXPECT_EQ(found(router, "a.test", "/"), "root");
  EXPECT_EQ(found(router, "a.test", "/apis"), "root");
  EXPECT_EQ(found(router, "a.test", "/api"), "api");
  EXPECT_EQ(found(router, "a.test", "/api?x=/api/v2"), "api");
  EXPECT_EQ(found(router, "a.test", "/api/v22"), "api");
  EXPECT_EQ(found(router, "a.test", "/api/v2/users?q"), "v2");
}

TEST(RequestRouterTest, ComparesThePathThatTheAppSees) {
  RequestRouter router({app("root", {"a.test/*"}), app("admin", {"a.test/admin/*"})});
  EXPECT_EQ(found(router, "a.test", "/x/../admin"), "admin");
  EXPECT_EQ(found(router, "a.test", "/x/%2E%2e/admin/?q"), "admin");
  EXPECT_EQ(found(router, "a.test", "/admin/.."), "root");
  EXPECT_EQ(found(router, "a.test", "/x?/../admin"), "root");
}

TEST(RequestRouterTest, GoesOnToTheWildcardWhenNoPathOfTheExactHostMatches) {
  RequestRouter router({app("api", {"a.test/api/*"}), app("rest", {"*.test/*"})});
  EXPECT_EQ(found(router, "a.test", "/other"), "rest");
  EXPECT_EQ(found(router, "a.test", "/api"), "api");
}

TEST(RequestRouterTest, GivesAnAppsOwnPortToThatAppWhateverTheHost) {
  RequestRouter router({app("ported", {"p.test"}, 9000), app("hosted", {"h.test"})});
  EXPECT_EQ(found(router, "h.test", "/", 9000), "ported");
  EXPECT_EQ(found(router, "", "/", 9000), "ported");
  EXPECT_EQ(found(router, "h.test"), "hosted");
  EXPECT_EQ(found(router, "p.test"), "ported");
  EXPECT_EQ(found(router, "x.test"), "none");
}

TEST(RequestRouterTest, IgnoresTheAuthoritysPortAndTrailingDot) {
  RequestRouter router({app("shop", {"shop.test"})});
  EXPECT_EQ(found(router, "shop.test:8787"), "shop");
  EXPECT_EQ(found(router, "shop.test."), "shop");
  EXPECT_EQ(found(router, "shop.test.:80"), "shop");
  EXPECT_EQ(found(router, "[::1]:80"), "none");
  EXPECT_EQ(found(router, "[::1"), "none");
  EXPECT_EQ(found(router, "shop.test.."), "none");
}

TEST(RequestRouterTest, FindsAnAppByItsTenantsAndItsOwnName) {
  auto version = std::make_shared<AppVersion>();
  version->tenant = "acme";
  version->app = "shop";
  AppRoutes shop{version, nullptr, {}, 0};
  RequestRouter router({shop});
  ASSERT_NE(router.findApp("acme", "shop"), nullptr);
  EXPECT_EQ(router.findApp("acme", "shop")->version, shop.version);
  EXPECT_EQ(router.findApp("other", "shop"), nullptr);
  EXPECT_EQ(router.findApp("acme", "blog"), nullptr);
}

TEST(RequestRouterTest, FindsANamedHostWithoutTheRouteForAllOthersAndWithoutPorts) {
  RequestRouter router(
      {app("all", {"*"}, 9000), app("shop", {"shop.test/api/*"}), app("any", {"*.any.test"})});
  auto named = [&router](std::string_view host, std::string_view target) {
    const Route* route = router.findNamed(host, target);
    return route == nullptr ? "none" : route->version->app;
  };
  EXPECT_EQ(named("shop.test", "/api/x?y"), "shop");
  EXPECT_EQ(named("shop.test", "/"), "none");
  EXPECT_EQ(named("a.any.test", "/"), "any");
  EXPECT_EQ(named("other.test", "/"), "none");
  EXPECT_EQ(named("other.test..", "/"), "none");
  EXPECT_EQ(found(router, "other.test.."), "all");
  EXPECT_TRUE(router.isAppsOwn(9000));
  EXPECT_FALSE(router.isAppsOwn(8787));
}

TEST(RequestRouterTest, FindsNothingInAnEmptyTable) {
  RequestRouter router({});
  EXPECT_EQ(found(router, "a.test"), "none");
  EXPECT_EQ(router.routeCount(), 0u);
}

TEST(RequestRouterTest, LeavesAPatternToTheFirstAppThatClaimsIt) {
  RequestRouter router({app("first", {"a.test"}, 9000), app("second", {"a.test/*"}, 9000)});
  EXPECT_EQ(found(router, "a.test"), "first");
  EXPECT_EQ(found(router, "a.test", "/", 9000), "first");
  EXPECT_EQ(router.routeCount(), 2u);
}

}  // namespace
}  // namespace nano
