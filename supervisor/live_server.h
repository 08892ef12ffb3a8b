#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <kj/async.h>

#include "supervisor/app_version.h"
#include "supervisor/cron/scheduled_event.h"

namespace nano {

class RequestRouter;
struct Counters;

// Why a version did not start: shown to who deploys it.
struct StartupFailure {
  std::string reason;  // An outcome's name, for example "startupFailed" or "exceededCpu".
  std::string message;
  std::string stack;
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
  std::string sourceLine;
};
struct Started {
  bool lacksScheduled = false;  // No event of a cron trigger can succeed in it.
};
using StartupResult = std::variant<Started, StartupFailure>;

struct WorkerStatus {
  int pid = 0;
  std::string cordon;  // Empty: a spare.
  uint64_t rssBytes = 0;
  uint64_t requests = 0;
  std::vector<std::string> apps;
  std::vector<std::string> sandboxLayers;
  bool isLeaving = false;  // Another has its cordon; it stays for the requests it has.
};

struct ServerStatus {
  std::vector<WorkerStatus> workers;
  uint64_t requests = 0;
  uint64_t workerDeaths = 0;
  std::vector<std::string> weakenedLayers;
  std::string cgroups = "none";  // What holds workers to memory and CPU: "v1: memory, cpu, pids".
};

// What the control API may do to the running server. Lives on the control thread; front ends are
// other threads, and the implementation crosses over to them.
class LiveServer {
 public:
  // Loads the version in a fresh worker, evaluates its modules and lets it go again.
  virtual kj::Promise<StartupResult> tryStart(std::shared_ptr<const AppVersion> version) = 0;

  // Once this is done no new request is routed by the table before.
  virtual kj::Promise<void> publish(std::shared_ptr<const RequestRouter> router) = 0;

  // Opens listeners for an app's own port on every front end. On failure says why ("address already
  // in use"); nothing is open then. A port stays open until closePort.
  virtual kj::Promise<std::variant<std::monostate, std::string>> openPort(uint16_t port) = 0;
  virtual kj::Promise<void> closePort(uint16_t port) = 0;

  // Calls the app's scheduled(), once; done when that is over. Not more than a request is the call
  // ended by its client: dropping the promise gives it up.
  virtual kj::Promise<ScheduledResult> runScheduled(std::string tenant, std::string app,
                                                    ScheduledEvent event) = 0;

  virtual kj::Promise<ServerStatus> status() = 0;
  // One a front end; they live as long as the server.
  virtual std::vector<const Counters*> counters() const = 0;

 protected:
  ~LiveServer() noexcept(false) = default;
};

}  // namespace nano
