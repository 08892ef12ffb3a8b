#include "tests/hostile/evil_worker.h"

#include <unistd.h>

#include <cstring>
#include <string>

#include <kj/debug.h>

#include "tests/hostile/evil_app.h"
#include "tests/hostile/evil_start.h"

namespace nano::test {
namespace {

std::string evilBinding(rpc::AppVersion::Reader version) {
  for (auto binding : version.getEnv()) {
    if (binding.getName() != "EVIL" || !binding.isText()) continue;
    return {binding.getText().begin(), binding.getText().size()};
  }
  return {};
}

}  // namespace

EvilWorker::EvilWorker(WorkerParts parts, SandboxAccount account)
    : real_(kj::heap<WorkerServer>(parts, std::move(account))) {}

kj::Promise<void> EvilWorker::hello(HelloContext context) {
  const std::string& act = startAct();
  if (act == "silent-hello") return kj::NEVER_DONE;
  if (act == "exit-at-hello") _exit(0);
  if (act == "throw-at-hello") return KJ_EXCEPTION(FAILED, "\x1b[31m/etc/passwd\r\nforged line");
  if (act == "many-layers") {
    auto layers = context.getResults().initReport().initLayers(4000);
    for (uint32_t i = 0; i < layers.size(); ++i)
      layers.set(i, "layer");
    return kj::READY_NOW;
  }
  if (act == "weakened") {
    context.getResults().initReport().initWeakened(1).set(0, "userns");
    return kj::READY_NOW;
  }
  return context.tailCall(real_.helloRequest());
}

kj::Promise<void> EvilWorker::load(LoadContext context) {
  auto version = context.getParams().getVersion();
  if (startAct() == "crash-at-load") __builtin_trap();
  const std::string act = evilBinding(version);
  if (act.empty()) {
    auto request = real_.loadRequest();
    request.setVersion(version);
    request.setHost(context.getParams().getHost());
    return context.tailCall(kj::mv(request));
  }
  if (act == "load-silent") return kj::NEVER_DONE;
  if (act == "load-exit") _exit(0);
  if (act == "load-throw") return KJ_EXCEPTION(FAILED, "/etc/passwd");
  auto results = context.getResults();
  if (act == "load-no-app") {
    results.setOutcome(rpc::Outcome::OK);
    return kj::READY_NOW;
  }
  if (act == "load-unknown-outcome") {
    results.setOutcome(static_cast<rpc::Outcome>(4711));
    return kj::READY_NOW;
  }
  if (act == "load-huge-error") {
    results.setOutcome(rpc::Outcome::STARTUP_FAILED);
    auto text = results.initError().initMessage(900'000);
    memset(text.begin(), '\x1b', text.size());
    results.getError().setStack("\x1b]0;owned\x07\r\n\xff\xfe");
    results.getError().setLine(UINT32_MAX);
    return kj::READY_NOW;
  }
  if (act == "load-host-as-app") {
    // The supervisor's own capability, given back to it as something else.
    results.setOutcome(rpc::Outcome::OK);
    results.setApp(context.getParams().getHost().castAs<rpc::App>());
    return kj::READY_NOW;
  }
  if (act == "ping-silent") silentPing_ = true;
  results.setOutcome(rpc::Outcome::OK);
  results.setApp(kj::heap<EvilApp>(act, context.getParams().getHost()));
  return kj::READY_NOW;
}

kj::Promise<void> EvilWorker::ping(PingContext context) {
  if (silentPing_) return kj::NEVER_DONE;
  return context.tailCall(real_.pingRequest());
}

}  // namespace nano::test
