#include "supervisor/control_route.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr char kScripts[] = "/client/v4/accounts/acme/workers/scripts";

TEST(ControlRouteTest, FindsTenantAppAndQuery) {
  auto route = findControlRoute("PUT", std::string(kScripts) + "/shop?bindings_inherit=strict");
  EXPECT_EQ(route.action, ControlAction::kDeploy);
  EXPECT_EQ(route.tenant, "acme");
  EXPECT_EQ(route.app, "shop");
  EXPECT_EQ(route.query, "bindings_inherit=strict");
  EXPECT_EQ(findControlRoute("GET", kScripts).action, ControlAction::kListTenant);
  EXPECT_EQ(findControlRoute("DELETE", std::string(kScripts) + "/shop").action,
            ControlAction::kDelete);
  EXPECT_EQ(findControlRoute("GET", "/nano/v1/status").action, ControlAction::kStatus);
  EXPECT_EQ(findControlRoute("GET", "/nano/v1/apps").action, ControlAction::kListAll);
  EXPECT_EQ(findControlRoute("GET", "/nano/v1/accounts/a/scripts/b/logs").action,
            ControlAction::kLogs);
}

TEST(ControlRouteTest, NamesAreAsTheyWereMeant) {
  auto route = findControlRoute("DELETE", "/client/v4/accounts/a%20b/workers/scripts/My%2FApp");
  EXPECT_EQ(route.tenant, "a b");
  EXPECT_EQ(route.app, "My/App");
}

TEST(ControlRouteTest, NamesTheMethodsOfAPath) {
  auto route = findControlRoute("POST", std::string(kScripts) + "/shop");
  EXPECT_EQ(route.action, ControlAction::kWrongMethod);
  EXPECT_EQ(route.allowed, "PUT, DELETE");
}

TEST(ControlRouteTest, KnowsNoOtherPath) {
  for (const char* target : {"", "/", "/nano", "/nano/v1/status/", "/nano/v1/status/x", "//",
                             "/client/v4/accounts/a/b/workers/scripts/c", "*",
                             "/client/v4/accounts/a/workers/scripts/c/d"}) {
    EXPECT_EQ(findControlRoute("GET", target).action, ControlAction::kUnknownPath) << target;
  }
}

TEST(ControlRouteTest, ReadsQueryParameters) {
  EXPECT_EQ(queryParameter("a=1&b=2", "b"), "2");
  EXPECT_EQ(queryParameter("a=1&b", "b"), "");
  EXPECT_EQ(queryParameter("ab=1&&", "b"), std::nullopt);
  EXPECT_EQ(queryParameter("", "b"), std::nullopt);
}

TEST(ControlRouteTest, UndoesPercentEncodingOnce) {
  EXPECT_EQ(percentDecoded("https%3A%2f%2Fa.b%2F"), "https://a.b/");
  EXPECT_EQ(percentDecoded("%2541"), "%41");
  EXPECT_EQ(percentDecoded("%"), "%");
  EXPECT_EQ(percentDecoded("%4"), "%4");
  EXPECT_EQ(percentDecoded("%4g%g4%41"), "%4g%g4A");
  EXPECT_EQ(percentDecoded("%00"), std::string(1, '\0'));
}

}  // namespace
}  // namespace nano
