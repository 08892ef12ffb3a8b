#pragma once

#include <string>
#include <vector>

#include "sandbox/canary.h"
#include "sandbox/cgroup_mounts.h"
#include "sandbox/layer_probe.h"

// What `nano-canary --report` finds out about this machine, and its words as JSON. Changes nothing.
namespace nano {

struct HostFacts {
  std::string kernel;        // "6.1.0-13-amd64"
  std::string architecture;  // "x86_64"
  unsigned user = 0;         // As whom the layers were tried.
  bool protectionKeys = false;
};

// As the user who starts nanod.
HostFacts readHostFacts();

// Whether nanod could limit workers' memory and threads by these cgroups, looked at and not
// touched: the finding's detail begins with "v2", "v1" or "none".
LayerFinding judgeCgroups(const std::vector<CgroupHierarchy>& hierarchies);
// Those of this process, as the user who starts nanod.
LayerFinding judgeOwnCgroups();

struct ProfileTrial {
  std::string profile;  // "default" or "jitless"
  Canary::Verdict verdict;
};

// Whether nanod could serve: no layer is missing, and each canary was stopped everywhere.
bool couldServe(const std::vector<LayerFinding>& findings, const std::vector<ProfileTrial>& trials);

// One line of JSON.
std::string reportAsJson(const HostFacts& facts, const std::vector<LayerFinding>& findings,
                         const std::vector<ProfileTrial>& trials);

}  // namespace nano
