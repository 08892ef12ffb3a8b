#include "sandbox/cgroup_mounts.h"

#include <algorithm>
#include <optional>
#include <sstream>

namespace nano {
namespace {

// A line of /proc/self/mountinfo, as far as it matters here.
struct Mount {
  std::string root;   // which group of the hierarchy is mounted
  std::string point;  // where
  std::string type;
  std::vector<std::string> options;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);)
    parts.push_back(part);
  return parts;
}

// 36 35 98:0 /root /point rw,noatime master:1 - cgroup cgroup rw,memory
std::optional<Mount> parseMount(const std::string& line) {
  size_t separator = line.find(" - ");
  if (separator == std::string::npos) return std::nullopt;
  auto before = split(line.substr(0, separator), ' ');
  auto after = split(line.substr(separator + 3), ' ');
  if (before.size() < 6 || after.size() < 3) return std::nullopt;
  return Mount{before[3], before[4], after[0], split(after[2], ',')};
}

// The group of this process in the hierarchy of one of these controllers; of version 2 if there are
// none. Lines are "4:memory,other:/path" and "0::/path".
std::optional<std::string> ownGroup(const std::string& ownGroups, const Mount& mount) {
  for (auto& line : split(ownGroups, '\n')) {
    size_t first = line.find(':');
    size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    std::string names = line.substr(first + 1, second - first - 1);
    bool matches = names.empty() && mount.type == "cgroup2";
    for (auto& name : split(names, ',')) {
      if (mount.type == "cgroup" &&
          std::find(mount.options.begin(), mount.options.end(), name) != mount.options.end()) {
        matches = true;
      }
    }
    if (matches) return line.substr(second + 1);
  }
  return std::nullopt;
}

// Where a group is found when only those below `root` are mounted.
std::optional<std::string> directoryOf(const std::string& group, const Mount& mount) {
  std::string below = group;
  if (mount.root != "/") {
    bool isInside = group == mount.root || group.starts_with(mount.root + "/");
    // A container without a cgroup namespace of its own: paths are those of the host.
    if (!isInside) return std::nullopt;
    below = group.substr(mount.root.size());
  }
  if (below.starts_with("/..")) return std::nullopt;  // outside our cgroup namespace
  while (!below.empty() && below.back() == '/')
    below.pop_back();
  return mount.point + below;
}

}  // namespace

std::vector<CgroupHierarchy> findCgroupHierarchies(const std::string& mountinfo,
                                                   const std::string& ownGroups,
                                                   const std::string& parent) {
  std::vector<CgroupHierarchy> found;
  for (auto& line : split(mountinfo, '\n')) {
    auto mount = parseMount(line);
    if (!mount || (mount->type != "cgroup" && mount->type != "cgroup2")) continue;
    auto group = ownGroup(ownGroups, *mount);
    if (!group) continue;
    auto directory = parent.empty() ? directoryOf(*group, *mount)
                                    : std::optional(mount->point + (parent == "/" ? "" : parent));
    if (!directory) continue;
    found.push_back({mount->type == "cgroup2", mount->options, *directory});
  }
  return found;
}

}  // namespace nano
