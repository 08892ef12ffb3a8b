#include "supervisor/local_server.h"

#include <functional>

#include <kj/debug.h>

#include "supervisor/listening_socket.h"

namespace nano {

namespace {

kj::Promise<void> all(kj::Array<kj::Promise<void>> promises) {
  return kj::joinPromises(kj::mv(promises));
}

}  // namespace

LocalServer::LocalServer(const Settings& settings, const kj::Executor& control, AppLog& appLog)
    : settings_(settings) {
  for (size_t i = 0; i < settings.frontEnds; i++) {
    frontEnds_.push_back(std::make_unique<FrontEnd>(settings.frontEnd, control, appLog));
  }
}

kj::Promise<void> LocalServer::firstWorkers() {
  auto waiting = kj::heapArrayBuilder<kj::Promise<void>>(frontEnds_.size());
  for (auto& frontEnd : frontEnds_)
    waiting.add(frontEnd->firstWorker());
  return all(waiting.finish());
}

kj::Promise<void> LocalServer::listen(std::vector<ListeningSocket> sockets) {
  KJ_REQUIRE(sockets.size() == frontEnds_.size());
  auto listening = kj::heapArrayBuilder<kj::Promise<void>>(sockets.size());
  for (size_t i = 0; i < sockets.size(); i++) {
    settings_.served->add(sockets[i].port);
    listening.add(frontEnds_[i]->listen(kj::mv(sockets[i].fd), sockets[i].port));
  }
  return all(listening.finish());
}

kj::Promise<std::variant<std::monostate, std::string>> LocalServer::openPort(uint16_t port) {
  using Result = std::variant<std::monostate, std::string>;
  bool wasServed = settings_.served->has(port);
  settings_.served->add(port);
  auto opened = openListeningSockets(settings_.address, port, frontEnds_.size());
  if (auto* problem = std::get_if<std::string>(&opened)) {
    if (!wasServed) settings_.served->remove(port);
    return Result(std::move(*problem));
  }
  return listen(std::move(std::get<std::vector<ListeningSocket>>(opened))).then([]() -> Result {
    return std::monostate();
  });
}

kj::Promise<void> LocalServer::closePort(uint16_t port) {
  auto closing = kj::heapArrayBuilder<kj::Promise<void>>(frontEnds_.size());
  for (auto& frontEnd : frontEnds_)
    closing.add(frontEnd->stopListening(port));
  return all(closing.finish()).then([this, port] { settings_.served->remove(port); });
}

kj::Promise<void> LocalServer::drain() {
  auto draining = kj::heapArrayBuilder<kj::Promise<void>>(frontEnds_.size());
  for (auto& frontEnd : frontEnds_)
    draining.add(frontEnd->drain());
  return all(draining.finish());
}

kj::Promise<StartupResult> LocalServer::tryStart(std::shared_ptr<const AppVersion> version) {
  return frontEnds_.front()->tryStart(std::move(version));
}

kj::Promise<void> LocalServer::publish(std::shared_ptr<const RequestRouter> router) {
  auto publishing = kj::heapArrayBuilder<kj::Promise<void>>(frontEnds_.size());
  for (auto& frontEnd : frontEnds_)
    publishing.add(frontEnd->setRouter(router));
  return all(publishing.finish());
}

// An app's events come to one front end, where its worker is.
kj::Promise<ScheduledResult> LocalServer::runScheduled(std::string tenant, std::string app,
                                                       ScheduledEvent event) {
  size_t index = std::hash<std::string>()(tenant) % frontEnds_.size();
  return frontEnds_[index]->runScheduled(std::move(tenant), std::move(app), std::move(event));
}

std::vector<const Counters*> LocalServer::counters() const {
  std::vector<const Counters*> all;
  for (auto& frontEnd : frontEnds_)
    all.push_back(&frontEnd->counters());
  return all;
}

kj::Promise<ServerStatus> LocalServer::status() {
  auto asking = kj::heapArrayBuilder<kj::Promise<std::vector<WorkerStatus>>>(frontEnds_.size());
  for (auto& frontEnd : frontEnds_)
    asking.add(frontEnd->workerStatus());
  return kj::joinPromises(asking.finish())
      .then([this](kj::Array<std::vector<WorkerStatus>>&& answers) {
        ServerStatus status;
        status.weakenedLayers = settings_.weakenedLayers;
        status.cgroups = settings_.cgroups;
        for (auto& workers : answers) {
          for (auto& worker : workers)
            status.workers.push_back(std::move(worker));
        }
        for (auto& frontEnd : frontEnds_) {
          status.requests += frontEnd->counters().requests.load(std::memory_order_relaxed);
          status.workerDeaths += frontEnd->counters().workerDeaths.load(std::memory_order_relaxed);
        }
        return status;
      });
}

}  // namespace nano
