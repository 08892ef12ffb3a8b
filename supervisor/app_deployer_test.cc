#include "supervisor/app_deployer.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <kj/async.h>
#include <kj/time.h>

#include "supervisor/disk_app_registry.h"
#include "supervisor/fake_live_server.h"
#include "supervisor/policy_file.h"
#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

using Kind = DeployRefusal::Kind;
using Calls = std::vector<std::string>;

DeployRequest request(const std::string& app, const std::string& content) {
  DeployRequest result;
  result.upload.version.tenant = "default";
  result.upload.version.app = app;
  result.upload.version.mainModule = "index.js";
  result.upload.version.modules = {{"index.js", ModuleKind::kEsModule, 0, ""}};
  result.upload.contents = {content};
  return result;
}

DeployRequest withPort(DeployRequest wanted, uint16_t port) {
  wanted.port = port;
  return wanted;
}

DeployRequest withHost(DeployRequest wanted, const std::string& host) {
  wanted.routes = {std::get<RoutePattern>(parseRoutePattern(host))};
  return wanted;
}

LimitPolicy policyOf(const std::string& text) {
  return std::get<LimitPolicy>(parsePolicy("policy.jsonc", text));
}

class AppDeployerTest : public testing::Test {
 protected:
  AppDeployerTest() {
    auto opened = StateDir::open(directory_.below("state"), vfs_);
    state_ = std::get<std::unique_ptr<StateDir>>(std::move(opened));
    registry_ =
        std::make_unique<DiskAppRegistry>(*state_, kj::systemPreciseCalendarClock(), policy_);
    deployer_ = std::make_unique<AppDeployer>(*registry_, server_, usage_, policy_);
  }
  ~AppDeployerTest() noexcept override = default;

  kj::Promise<AppDeployer::Result> begin(DeployRequest wanted) {
    return deployer_->deploy(kj::mv(wanted), [] { return true; });
  }
  DeployedApp deploy(DeployRequest wanted) {
    auto result = begin(kj::mv(wanted)).wait(waitScope_);
    if (auto* refusal = std::get_if<DeployRefusal>(&result)) ADD_FAILURE() << refusal->message;
    return std::get<DeployedApp>(result);
  }
  DeployRefusal refused(kj::Promise<AppDeployer::Result> promise) {
    auto result = promise.wait(waitScope_);
    EXPECT_TRUE(std::holds_alternative<DeployRefusal>(result));
    return std::holds_alternative<DeployRefusal>(result) ? std::get<DeployRefusal>(result)
                                                         : DeployRefusal();
  }
  std::string liveVersion(const std::string& app) const {
    auto found = registry_->find("default", app);
    return found ? found->version->id : "none";
  }
  size_t versionsOf(const std::string& app) const {
    std::filesystem::directory_iterator versions(directory_.below("state/apps/default/") + app +
                                                 "/versions");
    return static_cast<size_t>(std::distance(versions, std::filesystem::directory_iterator()));
  }
  Calls calls() { return std::exchange(server_.calls, {}); }

  TemporaryDirectory directory_;
  kj::EventLoop loop_;
  kj::WaitScope waitScope_{loop_};
  RealVfs vfs_;
  FakeLiveServer server_;
  LimitPolicy policy_;
  std::unique_ptr<StateDir> state_;
  std::unique_ptr<DiskAppRegistry> registry_;
  UsageBook usage_{1};
  std::unique_ptr<AppDeployer> deployer_;
};

TEST_F(AppDeployerTest, TriesAVersionBeforeItRoutesToIt) {
  auto app = deploy(withPort(request("shop", "one"), 9000));
  EXPECT_EQ(calls(), (Calls{"start shop", "open 9000", "publish"}));
  EXPECT_EQ(server_.versionAt("shop.localhost"), app.version->id);
  EXPECT_EQ(liveVersion("shop"), app.version->id);
}

TEST_F(AppDeployerTest, RefusesAVersionThatAsksForMoreThanItsMaximum) {
  policy_ = policyOf(R"({"maxima": {"cpu_ms": 100}})");
  auto greedy = request("shop", "one");
  greedy.upload.version.requested = {{rpc::Limit::CPU, 101}};
  auto refusal = refused(begin(kj::mv(greedy)));
  EXPECT_EQ(refusal.kind, Kind::kInvalid);
  EXPECT_NE(refusal.message.find("limits.cpu_ms"), std::string::npos) << refusal.message;
  EXPECT_EQ(calls(), Calls());
  EXPECT_EQ(liveVersion("shop"), "none");
}

TEST_F(AppDeployerTest, RefusesAServiceBindingThatLeadsNowhereBeforeAnythingRuns) {
  auto front = [] {
    auto wanted = request("front", "one");
    wanted.upload.version.env = {{"SHOP", AppBinding::Kind::kService, "shop"},
                                 {"SELF", AppBinding::Kind::kService, "front"}};
    return wanted;
  };
  auto refusal = refused(begin(front()));
  EXPECT_EQ(refusal.kind, Kind::kNoService);
  EXPECT_NE(refusal.message.find("'SHOP'"), std::string::npos) << refusal.message;
  EXPECT_EQ(calls(), Calls());
  deploy(request("shop", "one"));
  deploy(front());
}

TEST_F(AppDeployerTest, GivesTheChangedPolicyToTheAppsItChangesAndToNoOther) {
  auto asking = request("shop", "one");
  asking.upload.version.requested = {{rpc::Limit::CPU, 500}};
  auto shop = deploy(kj::mv(asking)).version;
  auto blog = deploy(request("blog", "one")).version;
  EXPECT_EQ(shop->limits.get(rpc::Limit::CPU), 500u);
  policy_ = policyOf(R"({"tenants": {"default": {"apps": {"shop": {"cpu_ms": 50}}}}})");
  calls();
  deployer_->applyPolicy().wait(waitScope_);
  EXPECT_EQ(calls(), Calls{"publish"});
  auto now = registry_->find("default", "shop")->version;
  EXPECT_EQ(now->limits.get(rpc::Limit::CPU), 50u);
  EXPECT_EQ(now->id, shop->id);
  EXPECT_TRUE(server_.router->serves(*now));
  EXPECT_FALSE(server_.router->serves(*shop));
  EXPECT_TRUE(server_.router->serves(*blog));
}

// The policy may change while a start is tried.
TEST_F(AppDeployerTest, CommitsAVersionWithThePolicyOfThatMoment) {
  server_.holdStart = true;
  auto deploying = begin(request("shop", "one"));
  deploying.poll(waitScope_);
  policy_ = policyOf(R"({"maxima": {"heap_mb": 64}})");
  deployer_->applyPolicy().wait(waitScope_);
  server_.held[0]->fulfill(Started{});
  deploying.wait(waitScope_);
  EXPECT_EQ(registry_->find("default", "shop")->version->limits.get(rpc::Limit::HEAP), 64u);
}

TEST_F(AppDeployerTest, LeavesTheLiveVersionWhenTheNewOneDoesNotStart) {
  auto old = deploy(withPort(request("shop", "one"), 9000)).version->id;
  server_.startup = StartupFailure{"startupFailed", "x is not defined", "", "index.js", 3, 1, "x"};
  auto refusal = refused(begin(withPort(request("shop", "two"), 9001)));
  EXPECT_EQ(refusal.kind, Kind::kStartupFailed);
  EXPECT_EQ(refusal.message, "x is not defined");
  EXPECT_EQ(refusal.startup->line, 3u);
  EXPECT_EQ(liveVersion("shop"), old);
  EXPECT_EQ(server_.versionAt("shop.localhost"), old);
  EXPECT_EQ(server_.ports, std::set<uint16_t>{9000});
  EXPECT_EQ(versionsOf("shop"), 1u) << "what never started does not stay on the disk";
}

TEST_F(AppDeployerTest, KeepsRoutesAndPortUnlessTheyAreGiven) {
  deploy(withPort(withHost(request("shop", "one"), "shop.test"), 9000));
  calls();
  auto app = deploy(request("shop", "two"));
  EXPECT_EQ(calls(), (Calls{"start shop", "publish"}));
  EXPECT_EQ(app.deployment.port, 9000);
  EXPECT_EQ(server_.versionAt("shop.test"), app.version->id);
  deploy(withPort(withHost(request("shop", "three"), "new.test"), 0));
  EXPECT_EQ(calls(), (Calls{"start shop", "publish", "close 9000"}));
  EXPECT_EQ(server_.appAt("shop.test"), "none");
  EXPECT_EQ(server_.appAt("new.test"), "shop");
}

TEST_F(AppDeployerTest, OpensTheNewPortBeforeItClosesTheOldOne) {
  deploy(withPort(request("shop", "one"), 9000));
  calls();
  deploy(withPort(request("shop", "one"), 9001));
  EXPECT_EQ(calls(), (Calls{"start shop", "open 9001", "publish", "close 9000"}));
}

TEST_F(AppDeployerTest, ChangesNothingWhenThePortCannotBeOpened) {
  server_.portProblem = "address already in use";
  auto refusal = refused(begin(withPort(request("shop", "one"), 9000)));
  EXPECT_EQ(refusal.kind, Kind::kFailed);
  EXPECT_NE(refusal.message.find("port 9000"), std::string::npos);
  EXPECT_NE(refusal.message.find("address already in use"), std::string::npos);
  EXPECT_EQ(liveVersion("shop"), "none");
}

TEST_F(AppDeployerTest, RefusesRoutesAndPortsOfOtherAppsBeforeAnythingRuns) {
  deploy(withPort(withHost(request("shop", "one"), "shop.test"), 9000));
  calls();
  EXPECT_EQ(refused(begin(withHost(request("blog", "x"), "shop.test/*"))).kind, Kind::kConflict);
  EXPECT_EQ(refused(begin(withPort(request("blog", "x"), 9000))).kind, Kind::kConflict);
  EXPECT_EQ(calls(), Calls());
}

TEST_F(AppDeployerTest, ClosesTheNewPortWhenTheRouteWasTakenMeanwhile) {
  server_.holdStart = true;
  auto slow = begin(withPort(withHost(request("slow", "x"), "a.test"), 9000));
  EXPECT_FALSE(slow.poll(waitScope_));
  server_.holdStart = false;
  deploy(withHost(request("quick", "x"), "a.test"));
  server_.held[0]->fulfill(Started{});
  EXPECT_EQ(refused(kj::mv(slow)).kind, Kind::kConflict);
  EXPECT_TRUE(server_.ports.empty());
  EXPECT_EQ(server_.appAt("a.test"), "quick");
}

// Hostile case D09.
TEST_F(AppDeployerTest, AllowsOneChangeOfAnAppAtATime) {
  server_.holdStart = true;
  auto first = begin(withPort(request("shop", "one"), 9000));
  EXPECT_FALSE(first.poll(waitScope_));
  EXPECT_EQ(refused(begin(request("shop", "two"))).kind, Kind::kBusy);
  EXPECT_EQ(refused(deployer_->remove("default", "shop")).kind, Kind::kBusy);
  EXPECT_EQ(refused(begin(withPort(request("blog", "x"), 9000))).kind, Kind::kConflict);
  server_.held[0]->fulfill(Started{});
  EXPECT_TRUE(std::holds_alternative<DeployedApp>(first.wait(waitScope_)));
  server_.holdStart = false;
  deploy(request("shop", "two"));
}

// Hostile case D12.
TEST_F(AppDeployerTest, UndoesADeployThatNobodyWaitsForAnyMore) {
  auto old = deploy(request("shop", "one")).version->id;
  auto result = deployer_->deploy(withPort(request("shop", "two"), 9000), [] { return false; });
  EXPECT_EQ(refused(kj::mv(result)).kind, Kind::kAbandoned);
  EXPECT_EQ(liveVersion("shop"), old);
  EXPECT_TRUE(server_.ports.empty());
  EXPECT_EQ(versionsOf("shop"), 1u);
}

TEST_F(AppDeployerTest, KeepsSecretsThatTheUploadDoesNotName) {
  auto first = request("shop", "one");
  first.upload.version.env = {{"OLD", AppBinding::Kind::kText, "kept", true},
                              {"NEW", AppBinding::Kind::kText, "replaced", true},
                              {"PLAIN", AppBinding::Kind::kText, "gone", false}};
  deploy(kj::mv(first));
  auto second = request("shop", "two");
  second.keepsSecrets = true;
  second.upload.version.env = {{"NEW", AppBinding::Kind::kText, "new", true}};
  auto app = deploy(kj::mv(second));
  ASSERT_EQ(app.version->env.size(), 2u);
  EXPECT_EQ(app.version->env[0].value, "new");
  EXPECT_EQ(app.version->env[1].value, "kept");
  EXPECT_TRUE(deploy(request("shop", "three")).version->env.empty());
}

TEST_F(AppDeployerTest, RemovesAnAppFromRequestsAndDisk) {
  deploy(withPort(request("shop", "one"), 9000));
  calls();
  auto removed = deployer_->remove("default", "shop").wait(waitScope_);
  EXPECT_TRUE(std::holds_alternative<DeployedApp>(removed));
  EXPECT_EQ(calls(), (Calls{"publish", "close 9000"}));
  EXPECT_EQ(server_.appAt("shop.localhost"), "none");
  EXPECT_EQ(refused(deployer_->remove("default", "shop")).kind, Kind::kNotFound);
}

TEST_F(AppDeployerTest, StartsWithWhatTheRegistryHas) {
  deploy(withPort(request("shop", "one"), 9000));
  deploy(withPort(request("blog", "one"), 9001));
  FakeLiveServer fresh;
  AppDeployer next(*registry_, fresh, usage_, policy_);
  next.start().wait(waitScope_);
  EXPECT_EQ(fresh.calls, (Calls{"open 9001", "open 9000", "publish"}));
  EXPECT_EQ(fresh.appAt("blog.localhost"), "blog");
  FakeLiveServer blocked;
  blocked.portProblem = "address already in use";
  AppDeployer other(*registry_, blocked, usage_, policy_);
  other.start().wait(waitScope_);
  EXPECT_EQ(blocked.appAt("shop.localhost"), "shop");
}

}  // namespace
}  // namespace nano
