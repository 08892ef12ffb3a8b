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

std::string readAll(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// "HIERARCHY:CONTROLLERS:PATH" of proc(5); the path of the hierarchy that has this controller, ""
// being the unified one's.
std::string pathOfController(const std::string& text, const std::string& controller) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    size_t first = line.find(':');
    size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    std::string controllers = line.substr(first + 1, second - first - 1);
    bool has = controller.empty()
                   ? controllers.empty()
                   : ("," + controllers + ",").find("," + controller + ",") != std::string::npos;
    if (has) return line.substr(second + 1);
  }
  return {};
}

bool mayWrite(const std::string& directory) { return access(directory.c_str(), W_OK) == 0; }

void readCgroup(HostFacts& facts) {
  std::string text = readAll("/proc/self/cgroup");
  facts.cgroupBackend = cgroupBackendOf(text);
  std::string directory;
  if (facts.cgroupBackend == "v2") directory = "/sys/fs/cgroup" + pathOfController(text, "");
  if (facts.cgroupBackend == "v1") {
    directory = "/sys/fs/cgroup/memory" + pathOfController(text, "memory");
  }
  if (directory.empty()) {
    facts.cgroupDetail =
        "no cgroup with a memory controller: nothing but nanod's own polling "
        "bounds a worker's memory";
  } else if (mayWrite(directory)) {
    facts.cgroupDetail = directory + " is ours to use";
  } else {
    facts.cgroupDetail = directory +
                         " belongs to somebody else: under systemd, the unit needs "
                         "Delegate=cpu memory pids";
  }
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

std::string cgroupBackendOf(const std::string& procSelfCgroup) {
  if (!pathOfController(procSelfCgroup, "memory").empty()) return "v1";
  if (!pathOfController(procSelfCgroup, "").empty()) return "v2";
  return "none";
}

HostFacts readHostFacts() {
  HostFacts facts;
  utsname names = {};
  uname(&names);
  facts.kernel = names.release;
  facts.architecture = names.machine;
  facts.user = geteuid();
  facts.protectionKeys = hasProtectionKeys();
  readCgroup(facts);
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
         ",\"cgroup\":{\"backend\":" + quoted(facts.cgroupBackend) +
         ",\"detail\":" + quoted(facts.cgroupDetail) +
         "},\"layers\":" + array(findings, findingAsJson) +
         ",\"canary\":" + array(trials, trialAsJson) + "}";
}

}  // namespace nano
