#include "worker/worker_server.h"

#include <string>
#include <utility>
#include <variant>

#include <v8.h>

namespace nano {
namespace {

kj::StringPtr text(const std::string& string) { return {string.c_str(), string.size()}; }

void setNames(capnp::List<capnp::Text>::Builder list, const std::vector<std::string>& names) {
  for (uint32_t i = 0; i < list.size(); ++i)
    list.set(i, text(names[i]));
}

void setError(rpc::JsError::Builder message, const JsError& error) {
  message.setMessage(text(error.message));
  message.setStack(text(error.stack));
  message.setFile(text(error.file));
  message.setLine(error.line);
  message.setColumn(error.column);
  message.setSourceLine(text(error.sourceLine));
}

}  // namespace

kj::Promise<void> WorkerServer::hello(HelloContext context) {
  auto report = context.getResults().initReport();
  const SandboxState& state = account_.state;
  report.setSeccompMode(account_.seccompMode);
  report.setNoNewPrivs(account_.noNewPrivs);
  report.setCapabilitiesEffective(account_.capabilitiesEffective);
  report.setLandlockAbi(state.landlockAbi);
  setNames(report.initLayers(static_cast<uint32_t>(state.layers.size())), state.layers);
  setNames(report.initWeakened(static_cast<uint32_t>(state.weakened.size())), state.weakened);
  report.setV8Version(v8::V8::GetVersion());
  return kj::READY_NOW;
}

kj::Promise<void> WorkerServer::load(LoadContext context) {
  context.allowCancellation();
  auto read = readAppSource(context.getParams().getVersion());
  if (const auto* bad = std::get_if<BadAppSource>(&read)) {
    context.getResults().setOutcome(rpc::Outcome::STARTUP_FAILED);
    context.getResults().initError().setMessage(text(bad->reason));
    return kj::READY_NOW;
  }
  const auto params = context.getParams();
  auto app = kj::heap<AppServer>(std::move(std::get<AppSource>(read)),
                                 AppServer::Capabilities{params.getHost(), params.getEgress()},
                                 parts_, apps_);
  context.releaseParams();
  auto loaded = app->load();
  return loaded.then([context, app = kj::mv(app)](LoadResult&& result) mutable {
    auto results = context.getResults();
    results.setOutcome(result.outcome);
    if (result.outcome == rpc::Outcome::OK) {
      results.setApp(kj::mv(app));
      results.setLacksScheduled(result.lacksScheduled);
    } else {
      setError(results.initError(), result.error);
      if (result.breach) write(result.breach, results.initBreach());
    }
  });
}

kj::Promise<void> WorkerServer::ping(PingContext) {
  for (AppServer* app : *apps_)
    app->stir();
  return kj::READY_NOW;
}

}  // namespace nano
