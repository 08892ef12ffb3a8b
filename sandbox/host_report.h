#pragma once

#include <string>
#include <vector>

#include "sandbox/canary.h"
#include "sandbox/layer_probe.h"

// What `nano-canary --report` finds out about this machine, and its words as JSON. Changes nothing.
namespace nano {

struct HostFacts {
  std::string kernel;        // "6.1.0-13-amd64"
  std::string architecture;  // "x86_64"
  unsigned user = 0;         // As whom the layers were tried.
  bool protectionKeys = false;
  // Which cgroups this process is in: "v2", "v1" (also hybrid), "none"; and whether it may make
  // some below its own.
  std::string cgroupBackend;
  std::string cgroupDetail;
};

// As the user who starts nanod.
HostFacts readHostFacts();

// The backend by the text of /proc/self/cgroup: "v1" where memory is a v1 hierarchy, "v2" where
// there is only the unified one.
std::string cgroupBackendOf(const std::string& procSelfCgroup);

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
