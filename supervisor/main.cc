// nanod: the supervisor. This file wires the parts together; README.md says what they are.

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include <glog/logging.h>
#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/admin_socket.h"
#include "supervisor/canary.h"
#include "supervisor/control_api.h"
#include "supervisor/cron/cron_scheduler.h"
#include "supervisor/disk_app_registry.h"
#include "supervisor/egress/dns_resolver.h"
#include "supervisor/egress/egress_setup.h"
#include "supervisor/flags.h"
#include "supervisor/http_server.h"
#include "supervisor/policy_file.h"
#include "supervisor/process_log.h"
#include "supervisor/signals.h"
#include "supervisor/time_slice.h"

namespace nano {
namespace {

int refuse(const std::string& why) {
  std::cerr << "nanod: " << why << "\n";
  return 1;
}

// Other users of the machine learn nothing from us, and no core file holds a tenant's secrets.
void hideFromOthers() {
  umask(077);
  rlimit none{0, 0};
  KJ_SYSCALL(setrlimit(RLIMIT_CORE, &none));
  KJ_SYSCALL(prctl(PR_SET_DUMPABLE, 0));
}

// The admin socket's clients are the operator's own: a whole app in one body.
HttpLimits adminLimits() {
  HttpLimits limits;
  limits.bodyBytes = kMaxBundleBytes + (4 << 20);
  limits.connections = 16;
  limits.keepAliveTimeout = 30 * kj::SECONDS;
  return limits;
}

// Connections, workers' sockets and modules: as many as we may have, not the shell's 1024.
void allowDescriptors() {
  rlimit limit{};
  KJ_SYSCALL(getrlimit(RLIMIT_NOFILE, &limit));
  limit.rlim_cur = limit.rlim_max;
  KJ_SYSCALL(setrlimit(RLIMIT_NOFILE, &limit));
}

// Everything that needs the privileges we were started with.
struct Privileged {
  WorkerFiles files;
  std::vector<ListeningSocket> sockets;
  WorkerCgroups cgroups;
};

std::variant<Privileged, std::string> openPrivileged(const Configuration& configuration) {
  Privileged opened{openWorkerFiles(configuration.libDirectory), {}, {}};
  auto sockets = openListeningSockets(configuration.http.host, configuration.http.port,
                                      configuration.frontEnds);
  if (auto* problem = std::get_if<std::string>(&sockets)) return "--http: " + *problem;
  opened.sockets = std::move(std::get<std::vector<ListeningSocket>>(sockets));
  auto cgroups =
      openWorkerCgroups(configuration.cgroup, configuration.user, configuration.cgroupAbsence);
  if (auto* problem = std::get_if<std::string>(&cgroups)) return *problem;
  opened.cgroups = std::move(std::get<WorkerCgroups>(cgroups));
  return opened;
}

// What a burst made us allocate goes back when it is freed. By itself glibc lets the part it keeps
// of each arena grow to twice the largest block it has seen, and malloc_trim() leaves that part of
// a thread's arena alone.
void boundKeptMemory() {
#ifndef __SANITIZE_ADDRESS__            // Whose allocator has no such limits, and says no.
  constexpr int kOwnMapping = 1 << 20;  // More than any piece on a request's way.
  constexpr int kKept = 2 << 20;
  KJ_ASSERT(mallopt(M_MMAP_THRESHOLD, kOwnMapping) == 1);
  KJ_ASSERT(mallopt(M_TRIM_THRESHOLD, kKept) == 1);
#endif
}

kj::AutoCloseFd duplicate(int fd) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  KJ_SYSCALL(copy, "fcntl(F_DUPFD_CLOEXEC)");
  return kj::AutoCloseFd(copy);
}

// The signals we answer to. Made before the first thread.
struct OwnSignals {
  Signals stop{SIGTERM, SIGINT};
  Signals reload{SIGHUP};
};

// Why no worker can be started.
std::optional<std::string> startFirstWorkers(EventLoop& loop, LocalServer& server) {
  auto failed = kj::runCatchingExceptions([&server, &loop] { loop.run(server.firstWorkers()); });
  KJ_IF_MAYBE(why, failed) {
    return "no sandboxed worker can be started: " + std::string(why->getDescription().cStr());
  }
  return std::nullopt;
}

// Reads the policy again at each SIGHUP; a broken one changes nothing.
kj::Promise<void> reloadAtSignals(Signals& signals, PolicyFile& policy, AppDeployer& deployer) {
  return signals.next()
      .then([&policy, &deployer]() -> kj::Promise<void> {
        if (auto problem = policy.reload()) {
          LOG(ERROR) << "SIGHUP: the policy stays as it was: " << *problem;
          return kj::READY_NOW;
        }
        return deployer.applyPolicy().then(
            [] { LOG(INFO) << "SIGHUP: the policy is read again and holds"; });
      })
      .catch_([](kj::Exception&& error) {
        LOG(ERROR) << "SIGHUP: the policy could not be applied: " << error.getDescription().cStr();
      })
      .then([&signals, &policy, &deployer] { return reloadAtSignals(signals, policy, deployer); });
}

void serve(EventLoop& loop, Signals& signals, LocalServer& server, CronScheduler& cron,
           const Configuration& configuration) {
  {
    auto events = cron.run().eagerlyEvaluate([](kj::Exception&& error) {
      LOG(ERROR) << "no cron trigger is begun any more: " << error.getDescription().cStr();
    });
    loop.run(signals.next());
  }
  LOG(INFO) << "stopping: no new requests, up to " << configuration.drainLimit / kj::SECONDS
            << " seconds for those that are here; a second signal stops at once";
  auto limit = loop.timer().afterDelay(configuration.drainLimit).then([] {
    LOG(WARNING) << "the time for draining is up; what is left is broken off";
  });
  auto drained = server.drain().then([&cron] { return cron.drained(); });
  loop.run(drained.exclusiveJoin(kj::mv(limit)).exclusiveJoin(signals.next()));
}

// What is read and opened as the user nanod runs as.
struct OwnFiles {
  std::shared_ptr<ServedPorts> served = std::make_shared<ServedPorts>();
  std::unique_ptr<PolicyFile> policy;
  EgressSetup egress;
  std::unique_ptr<StateDir> state;
  std::optional<AdminSocket> admin;
};

std::optional<std::string> openOwnFiles(const Configuration& configuration, Vfs& vfs,
                                        OwnFiles& files) {
  auto policy = PolicyFile::open(configuration.policyPath, files.served);
  if (auto* problem = std::get_if<std::string>(&policy)) return "--policy: " + *problem;
  files.policy = std::move(std::get<std::unique_ptr<PolicyFile>>(policy));
  auto egress = openEgress(configuration.dns, configuration.egressCaPath, files.served);
  if (auto* problem = std::get_if<std::string>(&egress)) return "--egress-ca: " + *problem;
  files.egress = std::move(std::get<EgressSetup>(egress));
  auto state = StateDir::open(configuration.statePath, vfs);
  if (auto* problem = std::get_if<std::string>(&state)) return "--state: " + *problem;
  files.state = std::move(std::get<std::unique_ptr<StateDir>>(state));
  auto admin = AdminSocket::listen(configuration.adminPath);
  if (auto* problem = std::get_if<std::string>(&admin)) return "--admin: " + *problem;
  files.admin.emplace(std::move(std::get<AdminSocket>(admin)));
  return std::nullopt;
}

LocalServer::Settings serverSettings(const Configuration& configuration,
                                     const WorkerSettings& workers, const HttpLimits& http,
                                     const OwnFiles& files, const WorkerCgroups& cgroups) {
  LocalServer::Settings settings{
      {workers, configuration.pool, http, files.egress, configuration.testScheduled},
      configuration.frontEnds,
      configuration.http.host,
      {},
      "none"};
  for (Layer layer : configuration.weakened) {
    settings.weakenedLayers.emplace_back(layerName(layer));
    LOG(WARNING) << "the sandbox layer " << layerName(layer)
                 << " is left out, as --allow-weaker-sandbox says";
  }
  settings.served = files.served;
  if (cgroups.tree) settings.cgroups = cgroups.tree->describe();
  if (!cgroups.isWhole) settings.weakenedLayers.emplace_back("cgroup");
  return settings;
}

int run(const Configuration& configuration, OwnSignals& signals) {
  auto opened = openPrivileged(configuration);
  if (auto* problem = std::get_if<std::string>(&opened)) return refuse(*problem);
  auto& privileged = std::get<Privileged>(opened);
  if (configuration.user) becomeUser(*configuration.user);
  hideFromOthers();
  allowDescriptors();
  boundKeptMemory();
  shortenTimeSlices();

  RealVfs vfs;
  OwnFiles files;
  if (auto problem = openOwnFiles(configuration, vfs, files)) return refuse(*problem);
  PolicyFile& policy = *files.policy;

  // Before there is any thread. Where a layer is missing, no worker could start either.
  StartCanaries canaries(privileged.files, configuration.weakened);
  if (auto refusal = canaries.refusalToEnter()) return refuse(*refusal);

  EventLoop loop;
  DiskAppRegistry registry(*files.state, kj::systemPreciseCalendarClock(), policy.policy());
  for (auto& problem : registry.problems())
    LOG(ERROR) << problem;
  AppLog appLog(kj::systemCoarseMonotonicClock());
  WorkerSettings workers{privileged.files, configuration.weakened, privileged.cgroups.tree.get(),
                         configuration.workerLimits};
  HttpLimits httpLimits;
  auto settings = serverSettings(configuration, workers, httpLimits, files, privileged.cgroups);
  uint16_t port = privileged.sockets.front().port;

  LocalServer server(settings, loop.executor(), appLog);
  UsageBook usage(configuration.requestsInFlight);
  AppDeployer deployer(registry, server, usage, policy.policy());
  if (auto refusal = startFirstWorkers(loop, server)) return refuse(*refusal);
  if (auto refusal = canaries.refusalToServe()) return refuse(*refusal);
  loop.run(deployer.start());
  // For questions about egress; front ends have their own.
  DnsResolver resolver(loop, configuration.dns);
  ControlApi control(
      {registry, deployer, server, appLog, policy.policy(), &resolver, files.served.get()}, port);
  HttpLimits forAdmin = adminLimits();
  HttpServer adminServer(loop, control, forAdmin);
  adminServer.admitOnly([](int socket) { return peerAllowed(socket, geteuid()); });
  adminServer.listen(duplicate(files.admin->fd()));
  loop.run(server.listen(std::move(privileged.sockets)));

  std::cout << "nanod: serving http://" << configuration.http.host << ":" << port << std::endl;
  signals.stop.watch(loop);
  signals.reload.watch(loop);
  auto reloads =
      reloadAtSignals(signals.reload, policy, deployer).eagerlyEvaluate([](kj::Exception&& error) {
        LOG(ERROR) << "SIGHUP is answered no more: " << error.getDescription().cStr();
      });
  DiskCronCursor begun(*files.state);
  CronScheduler cron({registry, server, begun, kj::systemPreciseCalendarClock(), loop.timer()});
  serve(loop, signals.stop, server, cron, configuration);
  return 0;
}

}  // namespace
}  // namespace nano

int main(int argc, char** argv) {
  FLAGS_logtostderr = true;
  google::InitGoogleLogging(argv[0]);
  auto configuration = nano::readFlags(argc, argv);
  if (auto* problem = std::get_if<std::string>(&configuration)) return nano::refuse(*problem);
  nano::KjLogBridge log;
  int code = 1;
  auto error = kj::runCatchingExceptions([&configuration, &code] {
    nano::ignoreBrokenPipes();
    nano::OwnSignals signals;
    code = nano::run(std::get<nano::Configuration>(configuration), signals);
  });
  KJ_IF_MAYBE(e, error) {
    return nano::refuse(e->getDescription().cStr());
  }
  return code;
}
