#include "sandbox/host_report.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <kj/debug.h>

namespace nano {
namespace {

using State = LayerFinding::State;

// Directories that look like cgroups; gone with the test.
class CgroupFinding : public testing::Test {
 protected:
  ~CgroupFinding() noexcept override { std::filesystem::remove_all(path_); }

  CgroupHierarchy version2(const std::string& controllers) {
    std::ofstream(path_ + "/cgroup.controllers") << controllers;
    return {true, {}, path_};
  }
  CgroupHierarchy version1(const char* controller) { return {false, {controller}, path_}; }

  std::string path_ = makeDirectory();

 private:
  static std::string makeDirectory() {
    char path[] = "/tmp/nano-cgroup-XXXXXX";
    KJ_ASSERT(mkdtemp(path) != nullptr);
    return path;
  }
};

TEST_F(CgroupFinding, IsTheVersionThatHasMemoryAndPids) {
  EXPECT_EQ(judgeCgroups({version2("cpu memory pids\n")}).detail, "v2, in " + path_);
  auto hybrid = judgeCgroups({version2("hugetlb\n"), version1("memory"), version1("pids")});
  EXPECT_EQ(hybrid.state, State::kWorks);
  EXPECT_EQ(hybrid.detail, "v1, in " + path_);
}

TEST_F(CgroupFinding, WithoutMemoryOrPidsThereIsNone) {
  for (const auto& hierarchies :
       {std::vector<CgroupHierarchy>{}, {version1("memory")}, {version2("memory\n")}}) {
    auto finding = judgeCgroups(hierarchies);
    EXPECT_EQ(finding.state, State::kMissing);
    EXPECT_TRUE(finding.detail.starts_with("none")) << finding.detail;
  }
}

TEST_F(CgroupFinding, AGroupThatBelongsToSomebodyElseIsMissing) {
  CgroupHierarchy other{false, {"memory", "pids"}, "/proc/1/cwd/nonexistent"};
  auto finding = judgeCgroups({other});
  EXPECT_EQ(finding.state, State::kMissing);
  EXPECT_NE(finding.remedy.find("Delegate="), std::string::npos) << finding.remedy;
}

TEST(HostReportTest, ServesOnlyWithNothingMissingAndEveryCanaryStopped) {
  LayerFinding works{"userns", State::kWorks, {}, {}};
  LayerFinding absent{"mdwe", State::kAbsent, {}, {}};
  LayerFinding missing{"seccomp", State::kMissing, {}, {}};
  ProfileTrial stopped{"default", {.failure = {}, .survivors = {}, .tried = 150}};
  ProfileTrial escaped{"default", {.failure = {}, .survivors = {"fork success"}, .tried = 150}};
  ProfileTrial nothing{"default", {.failure = {}, .survivors = {}, .tried = 0}};
  EXPECT_TRUE(couldServe({works, absent}, {stopped}));
  EXPECT_FALSE(couldServe({works, missing}, {stopped}));
  EXPECT_FALSE(couldServe({works}, {stopped, escaped}));
  EXPECT_FALSE(couldServe({works}, {nothing}));
}

TEST(HostReportTest, IsOneLineOfJsonWhateverTheTextIs) {
  HostFacts facts;
  facts.kernel = "6.1\"\n\\";
  std::string json = reportAsJson(facts, {{"userns", State::kLeftOut, "", ""}},
                                  {{"default", {.failure = {}, .survivors = {"a b"}, .tried = 1}}});
  EXPECT_EQ(json,
            R"({"serves":false,"kernel":"6.1\"\u000a\\","architecture":"","user":0,"pku":false,)"
            R"("layers":[{"layer":"userns","state":"left out","detail":"","remedy":""}],)"
            R"("canary":[{"profile":"default","tried":1,"survivors":["a b"],"failure":""}]})");
}

}  // namespace
}  // namespace nano
