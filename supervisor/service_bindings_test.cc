#include "supervisor/service_bindings.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

AppVersion version(const std::string& tenant, const std::string& app,
                   const std::vector<std::string>& services = {}) {
  AppVersion made;
  made.tenant = tenant;
  made.app = app;
  for (const std::string& service : services)
    made.env.push_back({"TO_" + service, AppBinding::Kind::kService, service});
  return made;
}

DeployedApp deployed(AppVersion made) {
  return {std::make_shared<const AppVersion>(std::move(made)), {}};
}

TEST(ServiceBindingsTest, LeadToAppsOfTheirOwnTenantOnly) {
  std::vector<DeployedApp> apps{deployed(version("acme", "shop")),
                                deployed(version("other", "mail"))};
  EXPECT_FALSE(serviceProblem(apps, version("acme", "front", {"shop"})));
  auto problem = serviceProblem(apps, version("acme", "front", {"shop", "mail"}));
  ASSERT_TRUE(problem);
  for (const char* part : {"'TO_mail'", "'acme'", "'mail'", "Could not resolve service binding"})
    EXPECT_NE(problem->find(part), std::string::npos) << *problem;
}

TEST(ServiceBindingsTest, AnAppMayBeBoundToItselfBeforeItIsThere) {
  EXPECT_FALSE(serviceProblem({}, version("acme", "front", {"front"})));
}

TEST(ServiceBindingsTest, ATextOfTheSameNameIsNoService) {
  AppVersion front = version("acme", "front");
  front.env.push_back({"TO", AppBinding::Kind::kText, "nowhere"});
  EXPECT_FALSE(serviceProblem({}, front));
}

TEST(ServiceBindingsTest, WhoRemovesAnAppIsToldWhoIsBoundToIt) {
  std::vector<DeployedApp> apps{
      deployed(version("acme", "blog")), deployed(version("acme", "front", {"shop", "blog"})),
      deployed(version("acme", "shop", {"shop"})), deployed(version("other", "front", {"shop"}))};
  auto notes = lostServices(apps, "acme", "shop");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("'front'"), std::string::npos) << notes[0];
  EXPECT_NE(notes[0].find("'TO_shop'"), std::string::npos) << notes[0];
}

}  // namespace
}  // namespace nano
