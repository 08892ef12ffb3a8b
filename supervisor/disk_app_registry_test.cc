#include "supervisor/disk_app_registry.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <kj/async.h>

#include "supervisor/policy_file.h"
#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

class FixedClock final : public kj::Clock {
 public:
  kj::Date now() const override { return kj::UNIX_EPOCH + 1'763'000'000'123 * kj::MILLISECONDS; }
};

AppUpload upload(const std::string& app, const std::string& content) {
  AppUpload result;
  result.version.tenant = "t";
  result.version.app = app;
  result.version.mainModule = "index.js";
  result.version.modules = {{"index.js", ModuleKind::kEsModule, 0, ""},
                            {"lib/deep/a.txt", ModuleKind::kText, 0, ""}};
  result.contents = {content, "text of " + content};
  result.version.env = {{"SECRET", AppBinding::Kind::kText, "hidden", true},
                        {"PLAIN", AppBinding::Kind::kJson, "[1]", false}};
  return result;
}

RoutePattern route(const std::string& text) {
  return std::get<RoutePattern>(parseRoutePattern(text));
}

LimitPolicy policyOf(const std::string& text) {
  return std::get<LimitPolicy>(parsePolicy("policy.jsonc", text));
}

class DiskAppRegistryTest : public testing::Test {
 protected:
  DiskAppRegistryTest() : waitScope_(loop_) { reopen(); }
  ~DiskAppRegistryTest() noexcept override = default;

  void reopen(size_t kept = DiskAppRegistry::kKeptVersions) {
    registry_.reset();
    state_.reset();
    auto opened = StateDir::open(path(), vfs_);
    if (auto* problem = std::get_if<std::string>(&opened)) FAIL() << *problem;
    state_ = std::get<std::unique_ptr<StateDir>>(std::move(opened));
    registry_ = std::make_unique<DiskAppRegistry>(*state_, clock_, policy_, kept);
  }
  std::string path() const { return directory_.below("state"); }
  std::string appPath(const std::string& app) const { return path() + "/apps/t/" + app; }

  std::shared_ptr<const AppVersion> prepare(AppUpload wanted) {
    auto result = registry_->prepare(kj::mv(wanted)).wait(waitScope_);
    if (auto* error = std::get_if<RegistryError>(&result)) ADD_FAILURE() << error->message;
    return std::get<std::shared_ptr<const AppVersion>>(result);
  }
  DeployedApp deploy(const std::string& app, const std::string& content,
                     AppRegistry::Target target = {}) {
    auto result = registry_->commit(prepare(upload(app, content)), target).wait(waitScope_);
    if (auto* error = std::get_if<RegistryError>(&result)) ADD_FAILURE() << error->message;
    return std::get<DeployedApp>(result);
  }
  std::string commitError(const std::string& app, AppRegistry::Target target) {
    auto result = registry_->commit(prepare(upload(app, app)), target).wait(waitScope_);
    auto* error = std::get_if<RegistryError>(&result);
    return error == nullptr ? "" : error->message;
  }
  size_t versionsOf(const std::string& app) const {
    std::filesystem::directory_iterator versions(appPath(app) + "/versions");
    return static_cast<size_t>(std::distance(versions, std::filesystem::directory_iterator()));
  }

  TemporaryDirectory directory_;
  RealVfs vfs_;
  FixedClock clock_;
  LimitPolicy policy_;
  kj::EventLoop loop_;
  kj::WaitScope waitScope_;
  std::unique_ptr<StateDir> state_;
  std::unique_ptr<DiskAppRegistry> registry_;
};

TEST_F(DiskAppRegistryTest, HasAnAppAgainAfterARestart) {
  DeployedApp before = deploy("shop", "one", {{route("shop.test/api")}, 9000});
  reopen();
  EXPECT_TRUE(registry_->problems().empty());
  auto apps = registry_->list();
  ASSERT_EQ(apps.size(), 1u);
  const AppVersion& version = *apps[0].version;
  EXPECT_EQ(version.id, before.version->id);
  EXPECT_EQ(version.tenant, "t");
  EXPECT_EQ(version.mainModule, "index.js");
  ASSERT_EQ(version.env.size(), 2u);
  EXPECT_EQ(version.env[1].name, "SECRET");
  EXPECT_EQ(version.env[1].value, "hidden");
  EXPECT_TRUE(version.env[1].secret);
  EXPECT_EQ(version.env[0].kind, AppBinding::Kind::kJson);
  EXPECT_EQ(apps[0].deployment.port, 9000);
  EXPECT_EQ(apps[0].deployment.routes, std::vector{route("shop.test/api/*")});
  EXPECT_EQ(apps[0].deployment.deployedMillis, 1'763'000'000'123);
  auto modules = loadModules(version);
  auto* contents = std::get_if<std::vector<kj::Array<kj::byte>>>(&modules);
  ASSERT_NE(contents, nullptr);
  EXPECT_EQ(kj::str((*contents)[1].asChars()), "text of one");
}

TEST_F(DiskAppRegistryTest, GivesEachVersionWhatThePolicySaysWithoutChangingItsId) {
  policy_ = policyOf(R"({"maxima": {"heap_mb": 64}})");
  auto id = deploy("shop", "one").version->id;
  EXPECT_EQ(registry_->find("t", "shop")->version->limits.get(rpc::Limit::HEAP), 64u);
  EXPECT_EQ(registry_->find("t", "shop")->version->cordon, "t");
  policy_ = policyOf(R"({"defaults": {"heap_mb": 32}})");
  reopen();
  EXPECT_EQ(registry_->find("t", "shop")->version->limits.get(rpc::Limit::HEAP), 32u);
  EXPECT_EQ(deploy("shop", "one").version->id, id);
}

TEST_F(DiskAppRegistryTest, MakesNothingLiveBeforeTheCommit) {
  prepare(upload("shop", "one"));
  EXPECT_TRUE(registry_->list().empty());
  reopen();
  EXPECT_TRUE(registry_->list().empty());
  EXPECT_TRUE(registry_->problems().empty());
  EXPECT_FALSE(std::filesystem::exists(appPath("shop")));
}

TEST_F(DiskAppRegistryTest, NamesAVersionAfterItsContentAndItsApp) {
  auto first = prepare(upload("shop", "one"))->id;
  EXPECT_EQ(prepare(upload("shop", "one"))->id, first);
  EXPECT_NE(prepare(upload("shop", "two"))->id, first);
  EXPECT_NE(prepare(upload("blog", "one"))->id, first);
  AppUpload turned = upload("shop", "one");
  std::swap(turned.contents[0], turned.contents[1]);
  std::swap(turned.version.modules[0], turned.version.modules[1]);
  EXPECT_EQ(prepare(kj::mv(turned))->id, first);
  AppUpload other = upload("shop", "one");
  other.version.env[0].value = "another secret";
  EXPECT_NE(prepare(kj::mv(other))->id, first);
}

TEST_F(DiskAppRegistryTest, RepairsADamagedVersionThatIsUploadedAgain) {
  auto version = prepare(upload("shop", "one"));
  std::ofstream(version->directory + "/modules/index.js") << "bad";
  EXPECT_TRUE(std::holds_alternative<std::string>(loadModules(*version)));
  prepare(upload("shop", "one"));
  EXPECT_FALSE(std::holds_alternative<std::string>(loadModules(*version)));
}

TEST_F(DiskAppRegistryTest, RefusesARouteOrPortOfAnotherAppByItsName) {
  deploy("shop", "one", {{route("shop.test/api/*")}, 9000});
  EXPECT_NE(commitError("blog", {{route("shop.test/api")}, 0}).find("'shop'"), std::string::npos);
  EXPECT_NE(commitError("blog", {{}, 9000}).find("'shop'"), std::string::npos);
  EXPECT_NE(commitError("blog", {{route("shop.t.localhost")}, 0}).find("'shop'"),
            std::string::npos);
  EXPECT_EQ(commitError("blog", {{route("shop.test"), route("*.shop.test")}, 9001}), "");
  EXPECT_EQ(commitError("shop", {{route("shop.test/api/*")}, 9000}), "");
}

TEST_F(DiskAppRegistryTest, KeepsTheLatestVersionsAndTheLiveOne) {
  reopen(2);
  for (int i = 0; i < 5; ++i)
    deploy("shop", std::to_string(i));
  EXPECT_EQ(versionsOf("shop"), 3u);
  // The oldest that is kept goes live again, and is not also counted as one of the past.
  deploy("shop", "2");
  EXPECT_EQ(versionsOf("shop"), 3u);
  EXPECT_EQ(registry_->find("t", "shop")->deployment.previous.size(), 2u);
  auto refused = prepare(upload("shop", "refused"));
  EXPECT_EQ(versionsOf("shop"), 4u);
  registry_->discard(refused).wait(waitScope_);
  EXPECT_EQ(versionsOf("shop"), 3u);
  registry_->discard(registry_->find("t", "shop")->version).wait(waitScope_);
  EXPECT_EQ(versionsOf("shop"), 3u);
}

TEST_F(DiskAppRegistryTest, RemovesAnAppForGood) {
  deploy("shop", "one");
  auto removed = registry_->remove("t", "shop").wait(waitScope_);
  EXPECT_TRUE(std::holds_alternative<DeployedApp>(removed));
  EXPECT_FALSE(registry_->find("t", "shop"));
  EXPECT_FALSE(std::filesystem::exists(appPath("shop")));
  reopen();
  EXPECT_TRUE(registry_->list().empty());
  auto again = registry_->remove("t", "shop").wait(waitScope_);
  EXPECT_EQ(std::get<RegistryError>(again).kind, RegistryError::Kind::kNotFound);
}

TEST_F(DiskAppRegistryTest, RefusesToCommitAVersionThatIsGone) {
  auto version = prepare(upload("shop", "one"));
  registry_->discard(version).wait(waitScope_);
  auto result = registry_->commit(version, {}).wait(waitScope_);
  EXPECT_TRUE(std::holds_alternative<RegistryError>(result));
  EXPECT_FALSE(registry_->find("t", "shop"));
}

TEST_F(DiskAppRegistryTest, LeavesOutAnAppWithADamagedFileAndServesTheOthers) {
  deploy("good", "one");
  std::vector<std::string> damages = {"deployment", "manifest", "missing", "moved", "link"};
  for (const std::string& app : damages)
    deploy(app, app);
  auto manifest = registry_->find("t", "manifest")->version->directory + "/manifest.json";
  auto missing = registry_->find("t", "missing")->version->directory;
  std::ofstream(appPath("deployment") + "/deployment.json") << "{\"format\":1";
  std::ofstream(manifest, std::ios::app) << " ";
  std::filesystem::remove_all(missing);
  std::filesystem::remove_all(appPath("moved"));
  std::filesystem::copy(appPath("good"), appPath("moved"),
                        std::filesystem::copy_options::recursive);
  std::filesystem::rename(appPath("link"), directory_.below("elsewhere"));
  std::filesystem::create_directory_symlink(directory_.below("elsewhere"), appPath("link"));
  reopen();
  ASSERT_EQ(registry_->list().size(), 1u);
  EXPECT_EQ(registry_->list()[0].version->app, "good");
  EXPECT_EQ(registry_->problems().size(), damages.size());
  for (const std::string& app : damages) {
    bool named = std::any_of(registry_->problems().begin(), registry_->problems().end(),
                             [this, &app](const std::string& problem) {
                               return problem.find(appPath(app)) != std::string::npos;
                             });
    EXPECT_TRUE(named) << app;
  }
  deploy("deployment", "new");
  EXPECT_TRUE(registry_->find("t", "deployment"));
}

TEST_F(DiskAppRegistryTest, LetsNobodyElseReadWhatItWrites) {
  mode_t before = umask(0);
  auto version = deploy("shop", "one").version;
  umask(before);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path())) {
    auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    EXPECT_EQ(entry.status().permissions() & others, std::filesystem::perms::none) << entry.path();
  }
}

TEST_F(DiskAppRegistryTest, ReachesAnAppByItsOwnNameBelowLocalhost) {
  AppUpload plain = upload("shop", "one");
  plain.version.tenant = "default";
  registry_->commit(prepare(kj::mv(plain)), {}).wait(waitScope_);
  deploy("blog", "one");
  UsageBook usage(1);
  auto router = routerFor(registry_->list(), usage);
  ASSERT_NE(router->find("shop.localhost:8787", "/", 8787), nullptr);
  ASSERT_NE(router->find("shop.default.localhost", "/", 8787), nullptr);
  ASSERT_NE(router->find("blog.t.localhost", "/", 8787), nullptr);
  EXPECT_EQ(router->find("blog.localhost", "/", 8787), nullptr);
}

}  // namespace
}  // namespace nano
