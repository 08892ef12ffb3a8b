#include "sandbox/host_report.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

namespace nano {
namespace {

// Nothing here needs more: names, errors of the kernel, our own sentences.
std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (unsigned char byte : text) {
    if (byte == '"' || byte == '\\') {
      json += '\\';
      json += static_cast<char>(byte);
    } else if (byte < 0x20) {
      char escaped[8];
      snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      json += escaped;
    } else {
      json += static_cast<char>(byte);
    }
  }
  return json + "\"";
}

template <typename Items, typename Render>
std::string array(const Items& items, const Render& render) {
  std::string json = "[";
  for (const auto& item : items)
    json += (json.size() > 1 ? "," : "") + render(item);
  return json + "]";
}

std::string readAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool has(const std::vector<std::string>& controllers, const char* wanted) {
  return std::find(controllers.begin(), controllers.end(), wanted) != controllers.end();
}

bool mayWrite(const std::string& directory) { return access(directory.c_str(), W_OK) == 0; }

std::vector<std::string> controllersOf(const CgroupHierarchy& hierarchy) {
  if (!hierarchy.isVersion2) return hierarchy.controllers;
  std::istringstream words(readAll(hierarchy.directory + "/cgroup.controllers"));
  return {std::istream_iterator<std::string>(words), {}};
}

bool hasProtectionKeys() {
  long key = syscall(SYS_pkey_alloc, 0UL, 0UL);
  if (key < 0) return false;
  syscall(SYS_pkey_free, key);
  return true;
}

std::string trialAsJson(const ProfileTrial& trial) {
  return "{\"profile\":" + quoted(trial.profile) +
         ",\"tried\":" + std::to_string(trial.verdict.tried) +
         ",\"survivors\":" + array(trial.verdict.survivors, quoted) +
         ",\"failure\":" + quoted(trial.verdict.failure) + "}";
}

std::string findingAsJson(const LayerFinding& finding) {
  return "{\"layer\":" + quoted(finding.layer) +
         ",\"state\":" + quoted(std::string(stateName(finding.state))) +
         ",\"detail\":" + quoted(finding.detail) + ",\"remedy\":" + quoted(finding.remedy) + "}";
}

}  // namespace

LayerFinding judgeCgroups(const std::vector<CgroupHierarchy>& hierarchies) {
  using State = LayerFinding::State;
  // Of each version: the directories that have memory and pids, and may be ours.
  for (bool version2 : {true, false}) {
    const char* backend = version2 ? "v2" : "v1";
    std::string memory;
    std::string pids;
    for (const CgroupHierarchy& hierarchy : hierarchies) {
      if (hierarchy.isVersion2 != version2) continue;
      auto controllers = controllersOf(hierarchy);
      if (has(controllers, "memory")) memory = hierarchy.directory;
      if (has(controllers, "pids")) pids = hierarchy.directory;
    }
    if (memory.empty() || pids.empty()) continue;
    for (const std::string& directory : {memory, pids}) {
      if (mayWrite(directory)) continue;
      return {"cgroup", State::kMissing,
              std::string(backend) + ", but " + directory + " is not ours to use",
              "start nanod as root, or under systemd with Delegate=cpu memory pids; or go without: "
              "--allow-weaker-sandbox=cgroup"};
    }
    return {"cgroup", State::kWorks, std::string(backend) + ", in " + memory, {}};
  }
  return {"cgroup", State::kMissing, "none with the controllers memory and pids",
          "let nanod see /sys/fs/cgroup with them; or go without: --allow-weaker-sandbox=cgroup"};
}

LayerFinding judgeOwnCgroups() {
  return judgeCgroups(
      findCgroupHierarchies(readAll("/proc/self/mountinfo"), readAll("/proc/self/cgroup"), {}));
}

HostFacts readHostFacts() {
  HostFacts facts;
  utsname names = {};
  uname(&names);
  facts.kernel = names.release;
  facts.architecture = names.machine;
  facts.user = geteuid();
  facts.protectionKeys = hasProtectionKeys();
  return facts;
}

bool couldServe(const std::vector<LayerFinding>& findings,
                const std::vector<ProfileTrial>& trials) {
  return std::none_of(findings.begin(), findings.end(),
                      [](const LayerFinding& finding) {
                        return finding.state == LayerFinding::State::kMissing;
                      }) &&
         std::all_of(trials.begin(), trials.end(),
                     [](const ProfileTrial& trial) { return trial.verdict.good(); });
}

std::string reportAsJson(const HostFacts& facts, const std::vector<LayerFinding>& findings,
                         const std::vector<ProfileTrial>& trials) {
  return std::string("{\"serves\":") + (couldServe(findings, trials) ? "true" : "false") +
         ",\"kernel\":" + quoted(facts.kernel) + ",\"architecture\":" + quoted(facts.architecture) +
         ",\"user\":" + std::to_string(facts.user) +
         ",\"pku\":" + (facts.protectionKeys ? "true" : "false") +
         ",\"layers\":" + array(findings, findingAsJson) +
         ",\"canary\":" + array(trials, trialAsJson) + "}";
}

}  // namespace nano
