#pragma once

#include <string>
#include <variant>

#include "supervisor/egress/dns_settings.h"
#include "supervisor/local_server.h"
#include "supervisor/run_as_user.h"
#include "supervisor/worker_cgroups.h"

namespace nano {

// What nanod was told on its command line and in its --flagfile, checked.
struct Configuration {
  HostPort http;
  std::string adminPath;
  std::string statePath;
  std::string policyPath;  // Empty: none.
  std::string libDirectory;
  DnsSettings dns;
  std::string egressCaPath;  // Empty: the system's authorities alone.
  std::optional<User> user;  // Whom to become; nothing when we are nobody special already.
  size_t frontEnds = 1;
  std::vector<Layer> weakened;
  uint32_t requestsInFlight = 4096;
  std::string cgroup = "auto";  // or "none", or a group's path
  CgroupAbsence cgroupAbsence = CgroupAbsence::kRefused;
  WorkerLimits workerLimits;
  PoolSettings pool;
  FrontEndSettings::TestScheduled testScheduled = FrontEndSettings::TestScheduled::kNo;
  kj::Duration drainLimit = 30 * kj::SECONDS;
};

// Takes gflags apart: --help, --version and unknown flags end the program there. A string says
// which flag is wrong and what it should be.
std::variant<Configuration, std::string> readFlags(int argc, char** argv);

}  // namespace nano
