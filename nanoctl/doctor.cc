#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "nanoctl/command_line.h"
#include "nanoctl/commands.h"
#include "nanoctl/doctor_report.h"
#include "nanoctl/program_files.h"
#include "nanoctl/run_program.h"

namespace nano {

namespace {

// As nanod's flag of that name has them. Without cgroups nano-canary needs no telling.
constexpr std::string_view kLayers[] = {"userns", "mountns", "netns", "pidns", "cgroup"};

// nano-canary's flags for "userns,mountns". False, and it is said, where there is no such layer.
bool weaken(const std::string& layers, std::vector<std::string>& command) {
  size_t at = 0;
  while (at < layers.size()) {
    size_t comma = std::min(layers.find(',', at), layers.size());
    const std::string layer = layers.substr(at, comma - at);
    if (std::find(std::begin(kLayers), std::end(kLayers), layer) == std::end(kLayers)) {
      misused("--allow-weaker-sandbox: there is no layer '" + layer +
              "'; it knows userns, mountns, netns, pidns and cgroup");
      return false;
    }
    if (layer != "cgroup") command.push_back("--weaken=" + layer);
    at = comma + 1;
  }
  return true;
}

}  // namespace

int doctorCommand(std::span<const std::string> words) {
  auto arguments = parseCommand(words, {{"allow-weaker-sandbox"}, {"user"}}, 0);
  if (!arguments) return 2;
  std::vector<std::string> command = {canaryPath(), "--report"};
  if (!weaken(arguments->get("allow-weaker-sandbox"), command)) return 2;
  if (geteuid() == 0) {
    // nanod does not run as root either.
    std::string user = arguments->get("user", "nobody");
    const passwd* account = getpwnam(user.c_str());
    if (account == nullptr) return fail(Failure{"--user: there is no account '" + user + "'"});
    if (account->pw_uid == 0) return fail(Failure{"--user: nanod does not run as root"});
    command.push_back("--uid=" + std::to_string(account->pw_uid));
    command.push_back("--gid=" + std::to_string(account->pw_gid));
  } else if (arguments->has("user")) {
    return fail(Failure{"--user: only root can become another user"});
  }
  auto end = readProgram("/", command);
  if (!end.ok()) return fail(end.failure());
  auto report = parseDoctorReport(end.value().output);
  if (!report.ok()) return fail(Failure{command[0] + ": " + report.failure().message});
  if (arguments->has("json")) {
    printf("%s\n", report.value().dump(2).c_str());
  } else {
    fputs(describeReport(report.value()).c_str(), stdout);
  }
  return couldServe(report.value()) ? 0 : 1;
}

}  // namespace nano
