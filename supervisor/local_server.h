#pragma once

#include <memory>
#include <string>
#include <vector>

#include "supervisor/egress/own_endpoints.h"
#include "supervisor/front_end.h"
#include "supervisor/listening_socket.h"
#include "supervisor/live_server.h"

namespace nano {

// The running server of this machine: its front ends, seen from the control thread.
class LocalServer final : public LiveServer {
 public:
  struct Settings {
    FrontEndSettings frontEnd;
    size_t frontEnds = 1;
    // Where apps' own ports are opened: the address of --http.
    std::string address = "127.0.0.1";
    std::vector<std::string> weakenedLayers;
    std::string cgroups = "none";  // What holds workers to memory and CPU.
    // Told of every port before it is open, so that no app's egress leads there.
    std::shared_ptr<ServedPorts> served = std::make_shared<ServedPorts>();
  };

  // Starts the front ends. `control` and `appLog` outlive the server.
  LocalServer(const Settings& settings, const kj::Executor& control, AppLog& appLog);

  // Ready once every front end has a worker in its sandbox; rejects when one does not get there.
  kj::Promise<void> firstWorkers();
  // Requests come in on these sockets from now on, one a front end.
  kj::Promise<void> listen(std::vector<ListeningSocket> sockets);
  // Accepts no more requests, and is done when those that are here are answered.
  kj::Promise<void> drain();

  kj::Promise<StartupResult> tryStart(std::shared_ptr<const AppVersion> version) override;
  kj::Promise<void> publish(std::shared_ptr<const RequestRouter> router) override;
  kj::Promise<std::variant<std::monostate, std::string>> openPort(uint16_t port) override;
  kj::Promise<void> closePort(uint16_t port) override;
  kj::Promise<ScheduledResult> runScheduled(std::string tenant, std::string app,
                                            ScheduledEvent event) override;
  kj::Promise<ServerStatus> status() override;
  std::vector<const Counters*> counters() const override;

 private:
  const Settings& settings_;
  std::vector<std::unique_ptr<FrontEnd>> frontEnds_;
};

}  // namespace nano
