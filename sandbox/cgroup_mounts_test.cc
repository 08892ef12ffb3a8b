#include "sandbox/cgroup_mounts.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr char kHybrid[] =
    "20 1 0:18 / /sys/fs/cgroup rw shared:5 - tmpfs tmpfs rw,mode=755\n"
    "21 20 0:19 / /sys/fs/cgroup/memory rw,relatime shared:6 - cgroup cgroup rw,memory\n"
    "22 20 0:20 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "23 20 0:21 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
constexpr char kHybridGroups[] =
    "4:memory:/outer/ours\n3:cpu,cpuacct:/\n1:name=systemd:/x\n0::/unit\n";

TEST(CgroupMountsTest, FindsOurOwnGroupInEveryHierarchy) {
  auto found = findCgroupHierarchies(kHybrid, kHybridGroups, "");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].directory, "/sys/fs/cgroup/memory/outer/ours");
  EXPECT_FALSE(found[0].isVersion2);
  EXPECT_EQ(found[1].directory, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(found[1].controllers, (std::vector<std::string>{"rw", "cpu", "cpuacct"}));
  EXPECT_EQ(found[2].directory, "/sys/fs/cgroup/unified/unit");
  EXPECT_TRUE(found[2].isVersion2);
}

TEST(CgroupMountsTest, AGroupThatWasNamedIsTheSameInEveryHierarchy) {
  auto found = findCgroupHierarchies(kHybrid, kHybridGroups, "/nano");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].directory, "/sys/fs/cgroup/memory/nano");
  EXPECT_EQ(found[2].directory, "/sys/fs/cgroup/unified/nano");
}

TEST(CgroupMountsTest, TheRootMayBeNamed) {
  auto found = findCgroupHierarchies(kHybrid, kHybridGroups, "/");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].directory, "/sys/fs/cgroup/memory");
}

// As in a container of Docker with version 1.
TEST(CgroupMountsTest, WhatIsMountedMayBeAGroupBelowTheRoot) {
  auto found = findCgroupHierarchies("21 20 0:19 /docker/abc /cg ro - cgroup cgroup rw,memory\n",
                                     "4:memory:/docker/abc/inner\n", "");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].directory, "/cg/inner");
}

TEST(CgroupMountsTest, LeavesOutAHierarchyInWhichOurGroupCannotBeSeen) {
  constexpr char kMounts[] = "21 20 0:19 /docker/abc /cg ro - cgroup cgroup rw,memory\n";
  EXPECT_TRUE(findCgroupHierarchies(kMounts, "4:memory:/docker/abcd\n", "").empty());
  EXPECT_TRUE(findCgroupHierarchies(kMounts, "4:memory:/\n", "").empty());
  EXPECT_TRUE(findCgroupHierarchies("23 20 0:21 / /cg rw - cgroup2 cgroup2 rw\n", "0::/../x\n", "")
                  .empty());
}

TEST(CgroupMountsTest, SurvivesLinesThatItDoesNotUnderstand) {
  EXPECT_TRUE(findCgroupHierarchies("", "", "").empty());
  EXPECT_TRUE(findCgroupHierarchies("- cgroup\n1 2 - \n - cgroup2 x y\n", ":\n::\n", "").empty());
}

}  // namespace
}  // namespace nano
