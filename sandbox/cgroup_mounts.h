#pragma once

#include <string>
#include <vector>

namespace nano {

// One hierarchy of control groups that this process can see.
struct CgroupHierarchy {
  bool isVersion2 = false;
  std::vector<std::string> controllers;  // version 1: "cpu", "cpuacct"; version 2 says it elsewhere
  // The directory of the group that was asked for.
  std::string directory;
};

// What /proc/self/mountinfo and /proc/self/cgroup say together, see cgroups(7) and proc(5):
// the hierarchies, and in each the group `parent`, or if that is empty the one this process is in.
// A hierarchy in which this process's group lies outside of what is mounted is left out.
std::vector<CgroupHierarchy> findCgroupHierarchies(const std::string& mountinfo,
                                                   const std::string& ownGroups,
                                                   const std::string& parent);

}  // namespace nano
