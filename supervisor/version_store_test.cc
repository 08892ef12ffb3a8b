#include "supervisor/version_store.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "supervisor/egress/app_egress_policy.h"
#include "supervisor/limit_policy.h"
#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

using Modules = std::vector<kj::Array<kj::byte>>;

AppUpload sealed() {
  AppUpload upload;
  upload.version.tenant = "t";
  upload.version.app = "a";
  upload.version.mainModule = "z.js";
  upload.version.requested = {{rpc::Limit::CPU, 50}};
  // Paths whose order is not the order of their folders.
  for (const char* path : {"z.js", "a/b/c.js", "a-b.js", "a/b.js", "a/b/a/d.js", "b/b.js"}) {
    upload.version.modules.push_back({path, ModuleKind::kEsModule, 0, ""});
    upload.contents.push_back(std::string("content of ") + path);
  }
  sealUpload(upload);
  return upload;
}

class VersionStoreTest : public testing::Test {
 protected:
  VersionStoreTest() {
    auto opened = StateDir::open(directory_.below("state"), vfs_);
    state_ = std::get<std::unique_ptr<StateDir>>(std::move(opened));
    store_ = std::make_unique<VersionStore>(*state_, state_->apps(), state_->path() + "/apps");
  }
  ~VersionStoreTest() noexcept override = default;

  std::shared_ptr<const AppVersion> written() {
    auto result = store_->write(sealed());
    if (auto* error = std::get_if<DiskError>(&result)) ADD_FAILURE() << error->message;
    return std::get<std::shared_ptr<const AppVersion>>(result);
  }
  static std::string loadProblem(const AppVersion& version) {
    auto result = loadModules(version);
    auto* problem = std::get_if<std::string>(&result);
    return problem == nullptr ? "" : *problem;
  }

  TemporaryDirectory directory_;
  RealVfs vfs_;
  std::unique_ptr<StateDir> state_;
  std::unique_ptr<VersionStore> store_;
};

TEST_F(VersionStoreTest, GivesBackEveryModuleInItsFolder) {
  auto version = written();
  auto loaded = loadModules(*version);
  auto& contents = std::get<Modules>(loaded);
  ASSERT_EQ(contents.size(), 6u);
  for (size_t i = 0; i < contents.size(); ++i) {
    const std::string& path = version->modules[i].path;
    EXPECT_EQ(kj::str(contents[i].asChars()), ("content of " + path).c_str());
    EXPECT_TRUE(std::filesystem::is_regular_file(version->directory + "/modules/" + path));
  }
  EXPECT_EQ(version->requested, (LimitValues{{rpc::Limit::CPU, 50}}));
}

TEST_F(VersionStoreTest, LoadsNothingThatIsNotWhatWasDeployed) {
  auto version = written();
  std::string file = version->directory + "/modules/a/b.js";
  ASSERT_EQ(loadProblem(*version), "");
  auto size = std::filesystem::file_size(file);
  std::ofstream(file) << std::string(size, 'x');
  EXPECT_NE(loadProblem(*version).find(file), std::string::npos) << "same size, other content";
  std::filesystem::resize_file(file, size - 1);
  EXPECT_NE(loadProblem(*version).find(file), std::string::npos);
  std::filesystem::remove(file);
  EXPECT_NE(loadProblem(*version).find(file), std::string::npos);
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  EXPECT_NE(loadProblem(*version).find("not a regular file"), std::string::npos);
}

TEST_F(VersionStoreTest, FollowsNoLink) {
  auto version = written();
  std::string folder = version->directory + "/modules/b";
  std::filesystem::rename(folder, directory_.below("elsewhere"));
  std::filesystem::create_directory_symlink(directory_.below("elsewhere"), folder);
  EXPECT_NE(loadProblem(*version), "");
  std::filesystem::remove(folder);
  std::filesystem::create_directory(folder);
  std::filesystem::create_symlink(directory_.below("elsewhere/b.js"), folder + "/b.js");
  EXPECT_NE(loadProblem(*version), "");
}

TEST_F(VersionStoreTest, ReadsNoVersionUnderAnotherName) {
  for (const char* id : {"", "..", "../..", "ABCDEF"}) {
    EXPECT_TRUE(std::holds_alternative<DiskError>(store_->read(id))) << id;
  }
  auto version = written();
  std::string other(64, 'a');
  std::filesystem::rename(version->directory, state_->path() + "/apps/versions/" + other);
  EXPECT_TRUE(std::holds_alternative<DiskError>(store_->read(other)));
}

TEST(AppManifestTest, NamesAFormatThatItDoesNotRead) {
  EXPECT_EQ(std::get<std::string>(parseManifest(R"({"format": 1, "limits": {}})")),
            "it has format 1, and this nanod reads format 2");
}

TEST(AppManifestTest, IsTheSameWhateverThePolicyMakesOfIt) {
  AppVersion version = sealed().version;
  std::string before = manifestText(version);
  version.limits.set(rpc::Limit::HEAP, 1);
  version.cordon = "other";
  version.clock = ClockMode::kFrozen;
  EXPECT_EQ(manifestText(version), before);
  version.isolation = Isolation::kApp;
  EXPECT_NE(manifestText(version), before);
  EXPECT_EQ(std::get<AppVersion>(parseManifest(manifestText(version))).isolation, Isolation::kApp);
}

TEST(AppManifestTest, HasTheEgressThatTheAppAsksForAndNoOther) {
  AppVersion version = sealed().version;
  std::string before = manifestText(version);
  EXPECT_EQ(before.find("egress"), std::string::npos);
  version.egress = LimitPolicy().egressOf(version);
  EXPECT_EQ(manifestText(version), before);
  EgressSettings asked;
  asked.rules = {{EgressRule::Action::kDeny, {{EgressRule::Host::Kind::kBelow, "a.b"}}}};
  version.requestedEgress = std::make_shared<const EgressSettings>(asked);
  std::string after = manifestText(version);
  EXPECT_NE(after, before);
  auto parsed = std::get<AppVersion>(parseManifest(after));
  ASSERT_NE(parsed.requestedEgress, nullptr);
  EXPECT_EQ(*parsed.requestedEgress, asked);
  EXPECT_EQ(manifestText(parsed), after);
  size_t at = after.find("\"deny\"");
  EXPECT_EQ(std::get<std::string>(parseManifest(after.replace(at, 6, "\"open\""))),
            "'egress' is missing or has a wrong value");
}

TEST(AppManifestTest, RefusesWhatIsNoManifest) {
  std::string good = manifestText(sealed().version);
  auto parsed = parseManifest(good);
  ASSERT_TRUE(std::holds_alternative<AppVersion>(parsed));
  EXPECT_EQ(manifestText(std::get<AppVersion>(parsed)), good);
  auto changed = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    size_t at = text.find(from);
    if (at == std::string::npos) return std::string();
    return text.replace(at, from.size(), to);
  };
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), good.substr(0, good.size() - 1),
        changed("\"format\":2", "\"format\":1"), changed("\"esModule\"", "\"other\""),
        changed("\"tenant\":\"t\"", "\"tenant\":\"../t\""), changed("a/b.js", "a/../b"),
        changed("\"bytes\":", "\"bytes\":-"), changed("\"env\":[]", "\"env\":[{}]"),
        changed("\"cpu_ms\":50", "\"cpu_ms\":\"\""), changed("cpu_ms", "cpu"),
        changed("\"isolation\":\"tenant\"", "\"isolation\":1"), changed("z.js", "y.js")}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(parseManifest(text))) << text;
  }
}

}  // namespace
}  // namespace nano
