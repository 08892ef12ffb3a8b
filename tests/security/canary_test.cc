// The canary: the real one finds nothing, and one that gets out or does not finish is seen.

#include "sandbox/canary.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "sandbox/hostile_acts.h"
#include "sandbox/layer_probe.h"
#include "sandbox/outside_acts.h"
#include "tests/security/victim_process.h"

namespace nano {
namespace {

kj::AutoCloseFd openFile(const std::string& path) {
  int fd;
  KJ_SYSCALL(fd = open(path.c_str(), O_RDONLY | O_CLOEXEC), path);
  return kj::AutoCloseFd(fd);
}

class CanaryTest : public testing::Test {
 protected:
  ~CanaryTest() noexcept override = default;

  Canary start(const char* path, const std::vector<Layer>& weakened = {},
               SandboxSpec::Code code = SandboxSpec::Code::kJit) {
    program_ = openFile(path);
    return Canary({program_, null_, weakened, code});
  }

  kj::AutoCloseFd null_ = openFile("/dev/null");
  kj::AutoCloseFd program_;
};

TEST_F(CanaryTest, IsStoppedAtEveryActInBothProfiles) {
  for (auto code : {SandboxSpec::Code::kJit, SandboxSpec::Code::kJitless}) {
    Canary canary = start(NANO_CANARY, {}, code);
    auto verdict = canary.finish();
    EXPECT_TRUE(verdict.good()) << verdict.failure;
    auto acts = hostileActs();
    auto forbidden = std::count_if(
        acts.begin(), acts.end(), [code](const HostileAct& act) { return isForbidden(act, code); });
    EXPECT_EQ(static_cast<size_t>(verdict.tried), forbidden + outsideActs().size());
  }
}

TEST_F(CanaryTest, IsStoppedWithEachLayerLeftOut) {
  for (Layer layer : kAllLayers) {
    if (layer == Layer::kUserNamespace && geteuid() != 0) continue;  // then nothing can be made
    Canary canary = start(NANO_CANARY, {layer});
    auto verdict = canary.finish();
    EXPECT_TRUE(verdict.good()) << layerName(layer) << ": " << verdict.failure
                                << (verdict.survivors.empty() ? "" : verdict.survivors[0]);
  }
}

TEST_F(CanaryTest, OneThatGetsOutIsNamed) {
  Canary canary = start(NANO_LEAKY_CANARY);
  auto verdict = canary.finish();
  EXPECT_FALSE(verdict.good());
  EXPECT_EQ(verdict.survivors, std::vector<std::string>{"socket_unix success"});
}

TEST_F(CanaryTest, OneThatDoesNotComeToItsEndProvesNothing) {
  Canary canary = start("/bin/true");
  auto verdict = canary.finish();
  EXPECT_FALSE(verdict.good());
  EXPECT_EQ(verdict.failure, "exit code 0");
}

TEST(LayerProbeTest, FindsNothingMissingWhereWorkersCanStart) {
  int code = runInFork([]() {
    if (geteuid() == 0) {
      KJ_SYSCALL(setresgid(65534, 65534, 65534));
      KJ_SYSCALL(setresuid(65534, 65534, 65534));
    }
    for (const LayerFinding& finding : probeLayers({})) {
      if (finding.state == LayerFinding::State::kMissing) {
        fprintf(stderr, "%s\n", describeMissing(finding).c_str());
        return 1;
      }
    }
    return 0;
  });
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace nano
