#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <kj/async.h>

#include "supervisor/app_deployer.h"
#include "supervisor/app_log.h"
#include "supervisor/app_registry.h"
#include "supervisor/control_reply.h"
#include "supervisor/control_route.h"
#include "supervisor/egress/own_endpoints.h"
#include "supervisor/egress/resolver.h"
#include "supervisor/http_exchange.h"
#include "supervisor/limit_policy.h"
#include "supervisor/live_server.h"

namespace nano {

// The control API: what nanoctl and wrangler speak, on the admin socket. control_route.cc lists its
// paths. Whoever reaches it may do everything, so only the owner may (admin_socket.h). Lives on the
// control thread.
class ControlApi final : public HttpHandler, private kj::TaskSet::ErrorHandler {
 public:
  struct Parts {
    AppRegistry& registry;
    AppDeployer& deployer;
    LiveServer& server;
    AppLog& log;
    const LimitPolicy& policy;
    // For what is asked about egress; null: addresses are only those that the question names.
    Resolver* resolver = nullptr;
    // And which ports take requests; null: `httpPort` alone.
    const ServedPorts* servedPorts = nullptr;
  };
  // What `parts` refer to outlives the API. `httpPort` is for URLs in answers; 0: unknown.
  ControlApi(Parts parts, uint16_t httpPort);
  ~ControlApi() noexcept(false);
  ControlApi(const ControlApi&) = delete;
  ControlApi& operator=(const ControlApi&) = delete;

  void handle(HttpExchange& exchange) override;
  void abandoned(HttpExchange& exchange) override;

 private:
  class Call;

  void taskFailed(kj::Exception&& exception) override;

  ControlReply list(const std::string* tenant) const;
  void readUpload(Call& call);
  kj::Promise<void> readOn(Call& call);
  void take(Call& call);
  void deploy(Call& call);
  void setSchedules(Call& call);
  void remove(Call& call);
  void status(Call& call);
  void metrics(Call& call);
  ControlReply limits(const ControlRoute& route) const;
  ControlReply schedules(const ControlRoute& route) const;
  void egress(Call& call);
  bool listensOn(uint16_t port) const;
  void logs(Call& call);
  kj::Promise<void> followLog(Call& call);

  // Runs a promise for the call that ends with the exchange; what it fails with is answered 500.
  void run(Call& call, kj::Promise<void> promise);
  // Answers a change that goes on without its client.
  void whenDone(Call& call, kj::Promise<AppDeployer::Result> change, AppDeployer::Notes notes);
  void answer(Call& call, const ControlReply& reply);
  void forget(Call& call);

  Parts parts_;
  uint16_t httpPort_;
  // Those whose exchange is not answered yet.
  std::map<HttpExchange*, kj::Own<Call>> calls_;
  kj::TaskSet tasks_;
};

}  // namespace nano
