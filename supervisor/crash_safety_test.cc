// Every change to the registry, with a fault at its first operation, its second, and so on until it
// runs through (hostile cases D11, D13, D14): what a restart finds is the old state or the new one,
// whole, and the new one wherever "ok" was said.

#include <filesystem>
#include <optional>

#include <glog/logging.h>
#include <gtest/gtest.h>
#include <kj/async.h>

#include "supervisor/disk_app_registry.h"
#include "supervisor/fault_vfs.h"
#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

using Fault = FaultVfs::Fault;

// Version, routes, port and trigger of a state all carry the same number, so that a mixture shows.
AppUpload uploadOf(int number) {
  AppUpload upload;
  upload.version.tenant = "t";
  upload.version.app = "a";
  upload.version.mainModule = "index.js";
  upload.version.modules = {{"index.js", ModuleKind::kEsModule, 0, ""},
                            {"lib/a.txt", ModuleKind::kText, 0, ""}};
  upload.contents = {"export default " + std::to_string(number), std::string(1000, 'x')};
  return upload;
}

AppRegistry::Target targetOf(int number) {
  RoutePattern route{"v" + std::to_string(number) + ".test", false, ""};
  return {{route}, static_cast<uint16_t>(9000 + number), {std::to_string(number) + " * * * *"}};
}

struct Case {
  const char* name;
  Fault fault;
  int error;

  friend std::ostream& operator<<(std::ostream& out, const Case& one) { return out << one.name; }
};

class CrashSafetyTest : public testing::TestWithParam<Case> {
 protected:
  // Only fatal errors: hundreds of faults are reported as they should be.
  CrashSafetyTest() { FLAGS_minloglevel = google::GLOG_FATAL; }
  ~CrashSafetyTest() noexcept override { FLAGS_minloglevel = google::GLOG_INFO; }

  // Something was deployed `before` times; then comes the change that is disturbed.
  enum class Change { kDeploy, kRedeployOld, kRemove };

  void expectSafe(int before, Change change) {
    for (int at = 1; at < 1000; ++at) {
      SCOPED_TRACE(testing::Message() << "fault at operation " << at);
      TemporaryDirectory directory;
      std::filesystem::create_directory(directory.below("saved"));
      for (int i = 1; i <= before; ++i)
        ASSERT_TRUE(deployWithoutFault(directory, i));
      bool happened = disturb(directory, at, before, change);
      if (HasFailure()) return;
      if (!happened) return;
    }
    ADD_FAILURE() << "the change never ran through";
  }

 private:
  static std::unique_ptr<StateDir> open(const TemporaryDirectory& directory, Vfs& vfs) {
    auto opened = StateDir::open(directory.below("state"), vfs);
    auto* state = std::get_if<std::unique_ptr<StateDir>>(&opened);
    return state == nullptr ? nullptr : std::move(*state);
  }

  // Fewer versions than a real registry keeps, so that every deploy also removes one.
  static constexpr size_t kKept = 1;
  const LimitPolicy policy_;

  bool deploy(AppRegistry& registry, int number) {
    auto prepared = registry.prepare(uploadOf(number)).wait(waitScope_);
    if (std::holds_alternative<RegistryError>(prepared)) return false;
    auto version = std::get<std::shared_ptr<const AppVersion>>(prepared);
    auto committed = registry.commit(version, targetOf(number)).wait(waitScope_);
    if (std::holds_alternative<DeployedApp>(committed)) return true;
    registry.discard(version).wait(waitScope_);
    return false;
  }

  bool deployWithoutFault(const TemporaryDirectory& directory, int number) {
    FaultVfs vfs(Fault::kNone, 0, 0, directory.below("saved"));
    auto state = open(directory, vfs);
    DiskAppRegistry registry(*state, kj::systemPreciseCalendarClock(), policy_, kKept);
    return deploy(registry, number);
  }

  // The number of the live state, 0 for none; fails the test if it is a mixture.
  static int liveNumber(const DiskAppRegistry& registry) {
    EXPECT_EQ(registry.problems(), std::vector<std::string>());
    auto app = registry.find("t", "a");
    if (!app) return 0;
    int number = app->deployment.port - 9000;
    EXPECT_EQ(app->deployment.routes, targetOf(number).routes);
    EXPECT_EQ(cronsOf(app->deployment.triggers), targetOf(number).crons);
    auto modules = loadModules(*app->version);
    auto* contents = std::get_if<std::vector<kj::Array<kj::byte>>>(&modules);
    EXPECT_NE(contents, nullptr);
    if (contents == nullptr) return -1;
    EXPECT_EQ(kj::str((*contents)[0].asChars()), uploadOf(number).contents[0].c_str());
    EXPECT_EQ((*contents)[1].size(), 1000u);
    return number;
  }

  bool apply(AppRegistry& registry, int before, Change change) {
    if (change == Change::kDeploy) return deploy(registry, before + 1);
    if (change == Change::kRedeployOld) return deploy(registry, before - 1);
    auto removed = registry.remove("t", "a").wait(waitScope_);
    return std::holds_alternative<DeployedApp>(removed);
  }

  static int after(int before, Change change) {
    if (change == Change::kRemove) return 0;
    return change == Change::kDeploy ? before + 1 : before - 1;
  }

  bool disturb(const TemporaryDirectory& directory, int at, int before, Change change) {
    FaultVfs vfs(GetParam().fault, at, GetParam().error, directory.below("saved"));
    bool ok = false;
    if (auto state = open(directory, vfs)) {
      DiskAppRegistry registry(*state, kj::systemPreciseCalendarClock(), policy_, kKept);
      ok = apply(registry, before, change);
      // A process that lives on serves one of both as well, and never what it did not confirm.
      if (GetParam().fault == Fault::kError) {
        EXPECT_EQ(liveNumber(registry), ok ? after(before, change) : before);
      }
    }
    vfs.losePower();
    expectWhole(directory, before, ok ? std::optional(after(before, change)) : std::nullopt,
                after(before, change));
    EXPECT_TRUE(ok || vfs.happened());
    return vfs.happened();
  }

  void expectWhole(const TemporaryDirectory& directory, int before, std::optional<int> confirmed,
                   int wanted) {
    FaultVfs vfs(Fault::kNone, 0, 0, directory.below("saved"));
    auto state = open(directory, vfs);
    ASSERT_NE(state, nullptr);
    EXPECT_TRUE(std::filesystem::is_empty(directory.below("state/tmp")));
    DiskAppRegistry registry(*state, kj::systemPreciseCalendarClock(), policy_, kKept);
    int found = liveNumber(registry);
    if (confirmed) {
      EXPECT_EQ(found, *confirmed);
    } else {
      EXPECT_TRUE(found == before || found == wanted) << found;
    }
    EXPECT_TRUE(std::filesystem::is_empty(directory.below("state/tmp")));
    // And the next deploy goes through.
    EXPECT_TRUE(deploy(registry, 7));
    EXPECT_EQ(liveNumber(registry), 7);
  }

  kj::EventLoop loop_;
  kj::WaitScope waitScope_{loop_};
};

TEST_P(CrashSafetyTest, FirstDeployIsWholeOrNothing) { expectSafe(0, Change::kDeploy); }

TEST_P(CrashSafetyTest, LaterDeployIsOldOrNew) { expectSafe(3, Change::kDeploy); }

TEST_P(CrashSafetyTest, DeployOfAKeptVersionIsOldOrNew) { expectSafe(3, Change::kRedeployOld); }

TEST_P(CrashSafetyTest, RemovalIsWholeOrNothing) { expectSafe(2, Change::kRemove); }

INSTANTIATE_TEST_SUITE_P(Faults, CrashSafetyTest,
                         testing::Values(Case{"DiskFull", Fault::kError, ENOSPC},
                                         Case{"DiskError", Fault::kError, EIO},
                                         Case{"Crash", Fault::kCrash, EIO},
                                         Case{"PowerLoss", Fault::kPowerLoss, EIO}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace nano
