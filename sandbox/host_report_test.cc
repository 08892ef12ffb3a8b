#include "sandbox/host_report.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

using State = LayerFinding::State;

TEST(HostReportTest, KnowsTheCgroupBackendByWhereMemoryIs) {
  EXPECT_EQ(cgroupBackendOf("0::/system.slice/nano.service\n"), "v2");
  EXPECT_EQ(cgroupBackendOf("5:memory:/a\n3:cpu,cpuacct:/a\n0::/\n"), "v1");
  EXPECT_EQ(cgroupBackendOf("5:cpuset,memory:/a\n"), "v1");
  EXPECT_EQ(cgroupBackendOf("3:cpu,cpuacct:/a\n"), "none");
  EXPECT_EQ(cgroupBackendOf(""), "none");
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
  facts.cgroupBackend = "v2";
  std::string json = reportAsJson(facts, {{"userns", State::kLeftOut, "", ""}},
                                  {{"default", {.failure = {}, .survivors = {"a b"}, .tried = 1}}});
  EXPECT_EQ(json,
            R"({"serves":false,"kernel":"6.1\"\u000a\\","architecture":"","user":0,"pku":false,)"
            R"("cgroup":{"backend":"v2","detail":""},)"
            R"("layers":[{"layer":"userns","state":"left out","detail":"","remedy":""}],)"
            R"("canary":[{"profile":"default","tried":1,"survivors":["a b"],"failure":""}]})");
}

}  // namespace
}  // namespace nano
