#include "supervisor/load_message.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

#include "protocol/limits.h"

namespace nano {
namespace {

TEST(LoadMessageTest, CarriesModulesBindingsAndLimits) {
  AppVersion version;
  version.mainModule = "index.js";
  version.modules = {{.path = "index.js", .kind = ModuleKind::kEsModule},
                     {.path = "a.wasm", .kind = ModuleKind::kWasm}};
  version.env = {{"WORD", AppBinding::Kind::kText, "word"},
                 {"LIST", AppBinding::Kind::kJson, "[1]"},
                 {"OTHER", AppBinding::Kind::kService, "other-app"}};
  version.limits.set(rpc::Limit::CPU, 50);
  version.clock = ClockMode::kFrozen;
  version.codegen = true;
  std::vector<kj::Array<kj::byte>> contents;
  contents.push_back(kj::heapArray<kj::byte>({'x'}));
  contents.push_back(kj::heapArray<kj::byte>({0, 1}));
  capnp::MallocMessageBuilder message;
  auto built = message.initRoot<rpc::AppVersion>();
  fillVersion(built, version, contents);
  EXPECT_STREQ(built.getMainModule().cStr(), "index.js");
  ASSERT_EQ(built.getModules().size(), 2U);
  EXPECT_EQ(built.getModules()[1].getKind(), rpc::Module::Kind::WASM);
  EXPECT_EQ(built.getModules()[1].getContent().size(), 2U);
  EXPECT_STREQ(built.getEnv()[0].getText().cStr(), "word");
  EXPECT_STREQ(built.getEnv()[1].getJson().cStr(), "[1]");
  EXPECT_STREQ(built.getEnv()[2].getService().cStr(), "other-app");
  EXPECT_EQ(built.getClock(), rpc::AppVersion::Clock::FROZEN);
  EXPECT_TRUE(built.getCodegen());
  EXPECT_EQ(built.getLimits()[static_cast<uint32_t>(rpc::Limit::CPU)], 50U);
}

StartupFailure failureOf(rpc::Worker::LoadResults::Builder results) {
  return std::get<StartupFailure>(toStartupResult(results, AppLimits()));
}

TEST(LoadMessageTest, CutsWhatAWorkerSaysOfAnError) {
  capnp::MallocMessageBuilder message;
  auto results = message.initRoot<rpc::Worker::LoadResults>();
  results.setOutcome(rpc::Outcome::STARTUP_FAILED);
  auto error = results.initError();
  error.setMessage(std::string(kMaxJsErrorBytes + 1, 'x').c_str());
  error.setFile("part.js");
  error.setLine(2);
  auto failure = failureOf(results);
  EXPECT_EQ(failure.reason, "startupFailed");
  EXPECT_EQ(failure.message.size(), kMaxJsErrorBytes);
  EXPECT_EQ(failure.file, "part.js");
  EXPECT_EQ(failure.line, 2U);
}

TEST(LoadMessageTest, NamesTheLimitThatStoppedAStart) {
  capnp::MallocMessageBuilder message;
  auto results = message.initRoot<rpc::Worker::LoadResults>();
  results.setOutcome(rpc::Outcome::EXCEEDED_CPU);
  EXPECT_NE(failureOf(results).message.find("CPU time"), std::string::npos);
  EXPECT_NE(failureOf(results).message.find("1000 ms"), std::string::npos);
  results.setOutcome(rpc::Outcome::EXCEEDED_MEMORY);
  EXPECT_NE(failureOf(results).message.find("128 MB"), std::string::npos);
}

TEST(LoadMessageTest, OnlyOkIsAStart) {
  capnp::MallocMessageBuilder message;
  auto results = message.initRoot<rpc::Worker::LoadResults>();
  EXPECT_TRUE(std::holds_alternative<StartupFailure>(toStartupResult(results, AppLimits())));
  results.setOutcome(rpc::Outcome::OK);
  EXPECT_FALSE(std::get<Started>(toStartupResult(results, AppLimits())).lacksScheduled);
  results.setLacksScheduled(true);
  EXPECT_TRUE(std::get<Started>(toStartupResult(results, AppLimits())).lacksScheduled);
}

}  // namespace
}  // namespace nano
