#include "supervisor/flags.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <span>
#include <sstream>
#include <string_view>

#include <gflags/gflags.h>

#include "supervisor/flag_words.h"
#include "supervisor/flags_help.h"

DEFINE_string(http, "127.0.0.1:8787",
              "address and port for all apps; port 0 lets the kernel choose");
DEFINE_string(admin, "/run/nano/admin.sock", "the unix socket nanoctl talks to");
DEFINE_string(state, "/var/lib/nano", "the directory that holds what is deployed");
DEFINE_string(policy, "",
              "the operator's limits for tenants and apps, a file read again on SIGHUP; empty: "
              "what is built in");
DEFINE_string(egress_ca, "",
              "authorities that apps' outgoing TLS trusts beside the system's, a PEM file");
DEFINE_string(dns, "",
              "name servers for apps' outgoing requests, ADDR[:PORT] separated by commas; empty: "
              "those of /etc/resolv.conf");
DEFINE_string(user, "", "the account to run as, when started as root");
DEFINE_string(
    lib_dir, "",
    "where the engine, nano-worker.so, nano.snapshot and nano.library are; empty: ../lib/nano "
    "beside the folder nanod is in");
DEFINE_uint32(frontends, 1, "threads that take requests, each with worker processes of its own");
DEFINE_uint32(spare_workers, 1, "worker processes each front end keeps ready");
DEFINE_uint32(
    max_workers, 256,
    "worker processes each front end may have; when all are taken each tenant has its share");
DEFINE_uint32(worker_idle_seconds, 300,
              "a worker process without a request for this long is ended");
DEFINE_uint32(worker_max_isolates, 10000,
              "a worker process is replaced after so many isolates; its requests go on");
DEFINE_uint32(
    max_requests_in_flight, 4096,
    "requests in the server at a time; past it a tenant is served up to its share of them");
DEFINE_uint32(drain_seconds, 30, "how long SIGTERM waits for requests to be answered");
DEFINE_bool(test_scheduled, false,
            "clients may call scheduled() of every app, by /__scheduled?cron=...; for development");
DEFINE_string(allow_weaker_sandbox, "",
              "layers of the sandbox to leave out, separated by commas: "
              "userns, mountns, netns, pidns; with cgroup it may do without where there is none");
DEFINE_string(cgroup, "auto",
              "the control group below which workers get theirs, as in /nano; auto: nanod's own; "
              "none: nanod watches workers' memory itself");
DEFINE_uint32(worker_memory_mb, 1024, "what one worker process may have in memory");
DEFINE_uint32(worker_cpu_percent, 100, "CPU time of one worker process, in percent of one core");

namespace nano {

namespace {

constexpr uint32_t kMaxFrontEnds = 256;
// A worker that has just started has 55 MB.
constexpr uint32_t kMinWorkerMemoryMb = 96;
constexpr uint32_t kMaxWorkerMemoryMb = 1 << 20;
constexpr uint32_t kMaxCpuPercent = 100 * 1024;

struct Weakened {
  std::vector<Layer> layers;
  CgroupAbsence cgroup = CgroupAbsence::kRefused;
};

std::variant<Weakened, std::string> parseWeakened(const std::string& text) {
  Weakened weakened;
  std::istringstream names(text);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "cgroup") {
      weakened.cgroup = CgroupAbsence::kPermitted;
      continue;
    }
    auto layer = parseLayer(name);
    if (!layer) {
      return "--allow-weaker-sandbox: there is no layer '" + name +
             "' that may be left out; it knows userns, mountns, netns, pidns and cgroup";
    }
    weakened.layers.push_back(*layer);
  }
  return weakened;
}

// What is wrong, if anything is.
std::optional<std::string> readWorkerLimits(Configuration& configuration) {
  configuration.cgroup = FLAGS_cgroup;
  if (FLAGS_cgroup != "auto" && FLAGS_cgroup != "none" && !FLAGS_cgroup.starts_with('/')) {
    return "--cgroup is auto, none or the path of a group, as in /nano";
  }
  if (FLAGS_worker_memory_mb < kMinWorkerMemoryMb || FLAGS_worker_memory_mb > kMaxWorkerMemoryMb) {
    return "--worker-memory-mb must be " + std::to_string(kMinWorkerMemoryMb) + " to " +
           std::to_string(kMaxWorkerMemoryMb);
  }
  if (FLAGS_worker_cpu_percent < 1 || FLAGS_worker_cpu_percent > kMaxCpuPercent) {
    return "--worker-cpu-percent must be 1 to " + std::to_string(kMaxCpuPercent);
  }
  configuration.workerLimits.memoryBytes = uint64_t{FLAGS_worker_memory_mb} << 20;
  configuration.workerLimits.cpuPercent = FLAGS_worker_cpu_percent;
  return std::nullopt;
}

std::variant<std::optional<User>, std::string> whomToBecome() {
  if (geteuid() != 0) {
    if (!FLAGS_user.empty()) return "--user: only root can become another user";
    return std::optional<User>();
  }
  if (FLAGS_user.empty()) {
    return "nanod does not run as root: name an unprivileged account with --user=NAME "
           "(for a try: --user=nobody), or start it as one";
  }
  auto found = findUser(FLAGS_user);
  if (auto* problem = std::get_if<std::string>(&found)) return "--user: " + *problem;
  return std::optional<User>(std::get<User>(found));
}

// gflags' own --help has a hundred lines, most of them glog's, and its --helpshort none.
bool asksForHelp(std::span<char* const> words) {
  for (const char* each : words) {
    const std::string_view word = each;
    if (word == "--help" || word == "-help" || word == "-h" || word == "--helpshort") return true;
  }
  return false;
}

}  // namespace

std::variant<Configuration, std::string> readFlags(int argc, char** argv) {
  gflags::SetUsageMessage("the nano server; nanoctl deploys apps to it");
  gflags::SetVersionString("0.1.0");
  const std::span<char* const> words(argv + 1, static_cast<size_t>(argc - 1));
  if (asksForHelp(words)) {
    std::cout << flagsHelp();
    exit(0);
  }
  if (auto problem = flagWordsProblem(words)) return *problem;
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  if (argc > 1) return "nanod takes flags only; '" + std::string(argv[1]) + "' is none";

  Configuration configuration;
  auto http = parseHostPort(FLAGS_http);
  if (auto* problem = std::get_if<std::string>(&http)) return "--http: " + *problem;
  configuration.http = std::get<HostPort>(http);
  auto servers = parseNameServers(FLAGS_dns);
  if (auto* problem = std::get_if<std::string>(&servers)) return "--dns: " + *problem;
  configuration.egressCaPath = FLAGS_egress_ca;
  configuration.dns.servers = std::move(std::get<std::vector<NameServer>>(servers));
  if (FLAGS_frontends < 1 || FLAGS_frontends > kMaxFrontEnds) {
    return "--frontends must be 1 to " + std::to_string(kMaxFrontEnds);
  }
  if (FLAGS_max_workers <= FLAGS_spare_workers) {
    return std::string("--max-workers must be more than --spare-workers");
  }
  auto weakened = parseWeakened(FLAGS_allow_weaker_sandbox);
  if (auto* problem = std::get_if<std::string>(&weakened)) return *problem;
  configuration.weakened = std::get<Weakened>(weakened).layers;
  configuration.cgroupAbsence = std::get<Weakened>(weakened).cgroup;
  if (auto problem = readWorkerLimits(configuration)) return *problem;
  auto user = whomToBecome();
  if (auto* problem = std::get_if<std::string>(&user)) return *problem;
  configuration.user = std::get<std::optional<User>>(user);

  configuration.adminPath = FLAGS_admin;
  configuration.statePath = FLAGS_state;
  configuration.policyPath = FLAGS_policy;
  configuration.libDirectory = FLAGS_lib_dir.empty() ? defaultLibDirectory() : FLAGS_lib_dir;
  configuration.frontEnds = FLAGS_frontends;
  if (FLAGS_max_requests_in_flight < 1) {
    return std::string("--max-requests-in-flight must be at least 1");
  }
  configuration.requestsInFlight = FLAGS_max_requests_in_flight;
  configuration.pool.stock.spares = FLAGS_spare_workers;
  configuration.pool.maxWorkers = FLAGS_max_workers;
  if (FLAGS_worker_max_isolates < 1) {
    return std::string("--worker-max-isolates must be at least 1");
  }
  configuration.pool.maxIsolates = FLAGS_worker_max_isolates;
  configuration.pool.idleLimit = FLAGS_worker_idle_seconds * kj::SECONDS;
  configuration.drainLimit = FLAGS_drain_seconds * kj::SECONDS;
  if (FLAGS_test_scheduled) {
    configuration.testScheduled = FrontEndSettings::TestScheduled::kServed;
  }
  return configuration;
}

}  // namespace nano
