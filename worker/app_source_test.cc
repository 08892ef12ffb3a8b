#include "worker/app_source.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

#include "protocol/limits.h"

namespace nano {
namespace {

// One version with one module and room for bindings.
class AppSourceTest : public testing::Test {
 protected:
  AppSourceTest() : version_(message_.initRoot<rpc::AppVersion>()) {
    version_.setMainModule("index.js");
    auto module = version_.initModules(1)[0];
    module.setPath("index.js");
    module.setKind(rpc::Module::Kind::ES_MODULE);
  }
  ~AppSourceTest() noexcept override = default;

  std::string reason() const {
    auto read = readAppSource(version_);
    auto* bad = std::get_if<BadAppSource>(&read);
    return bad == nullptr ? "" : bad->reason;
  }

  capnp::MallocMessageBuilder message_;
  rpc::AppVersion::Builder version_;
};

TEST_F(AppSourceTest, TellsTheKindsOfBindingsApart) {
  auto env = version_.initEnv(3);
  env[0].setName("TEXT");
  env[0].setText("t");
  env[1].setName("JSON");
  env[1].setJson("[1]");
  env[2].setName("OTHER");
  env[2].setService("other-app");
  auto source = std::get<AppSource>(readAppSource(version_));
  ASSERT_EQ(source.env.size(), 3U);
  EXPECT_EQ(source.env[0].kind, AppSource::Binding::Kind::kText);
  EXPECT_EQ(source.env[1].kind, AppSource::Binding::Kind::kJson);
  EXPECT_EQ(source.env[2].kind, AppSource::Binding::Kind::kService);
  EXPECT_EQ(source.env[2].name, "OTHER");
  EXPECT_EQ(source.env[2].value, "other-app");
}

TEST_F(AppSourceTest, RefusesABindingPastItsSize) {
  auto binding = version_.initEnv(1)[0];
  binding.setName("OTHER");
  binding.setService(std::string(kMaxBindingBytes + 1, 'x').c_str());
  EXPECT_NE(reason().find("OTHER"), std::string::npos);
}

}  // namespace
}  // namespace nano
