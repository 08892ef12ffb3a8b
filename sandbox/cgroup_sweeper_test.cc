#include "sandbox/cgroup_sweeper.h"

#include <linux/capability.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "sandbox/process_status.h"

namespace nano {
namespace {

std::optional<ProcessStatus> statusOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  return parseProcessStatus(std::string((std::istreambuf_iterator<char>(file)), {}));
}

TEST(CgroupSweeperTest, KeepsOfRootsRightsOnlyThatToFiles) {
  CgroupSweeper sweeper({}, [] { return true; });
  auto status = statusOf(sweeper.pid());
  // no_new_privs is the last of its steps.
  while (status && status->noNewPrivs == 0)
    status = statusOf(sweeper.pid());
  ASSERT_TRUE(status) << "it has ended";
  constexpr uint64_t kFiles = uint64_t{1} << CAP_DAC_OVERRIDE;
  EXPECT_EQ(status->effective & ~kFiles, 0u);
  EXPECT_EQ(status->permitted & ~kFiles, 0u);
  EXPECT_EQ(status->inheritable, 0u);
  EXPECT_EQ(status->ambient, 0u);
  if (geteuid() == 0) {
    EXPECT_EQ(status->effective, kFiles);
    EXPECT_EQ(status->bounding & ~kFiles, 0u);
  }
}

}  // namespace
}  // namespace nano
