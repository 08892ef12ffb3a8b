#include <sys/socket.h>

#include <vector>

#include <kj/debug.h>

#include "protocol/rpc_link.h"
#include "protocol/worker.capnp.h"
#include "supervisor/call_messages.h"
#include "supervisor/load_message.h"
#include "tests/fuzz/fuzz_loop.h"
#include "tests/fuzz/fuzz_targets.h"

namespace nano::fuzz {
namespace {

// More than any input needs to be read, answered and cut off.
constexpr int kTurns = 24;

// Reads what a front end reads of an answer and a log line.
class ReadingHost final : public rpc::AppHost::Server {
 public:
  kj::Promise<void> answer(AnswerContext context) override {
    std::vector<HttpField> fields;
    for (auto one : context.getParams().getAnswers()) {
      one.getOutcome();
      checkedHead(one.getResponse(), fields);
    }
    return kj::READY_NOW;
  }
  kj::Promise<void> log(LogContext context) override {
    for (auto line : context.getParams().getLines())
      toLogLine(line, "version");
    return kj::READY_NOW;
  }
};

// A worker that reads all it is given and holds what it is told to hold.
class ReadingWorker final : public rpc::Worker::Server {
 public:
  kj::Promise<void> hello(HelloContext context) override {
    context.getResults().initReport().setV8Version("1");
    return kj::READY_NOW;
  }
  kj::Promise<void> load(LoadContext context) override {
    auto version = context.getParams().getVersion();
    for (auto module : version.getModules())
      module.getContent();
    for (auto binding : version.getEnv())
      binding.which();
    host_ = context.getParams().getHost();
    return kj::READY_NOW;
  }
  kj::Promise<void> ping(PingContext) override { return kj::READY_NOW; }

 private:
  rpc::AppHost::Client host_ = nullptr;
};

void talk(RpcLink& link, kj::AutoCloseFd peer, Bytes input) {
  auto ignore = [](kj::Exception&&) {};
  auto worker = link.bootstrap().castAs<rpc::Worker>();
  auto load = worker.loadRequest();
  load.setHost(kj::heap<ReadingHost>());
  auto loaded = load.send().then([](auto&& results) {
    toStartupResult(results, AppLimits());
    return results.getApp().fetchBatchRequest().send().then([](auto&& answers) {
      std::vector<HttpField> fields;
      for (auto one : answers.getAnswers())
        checkedHead(one.getResponse(), fields);
    });
  });
  auto done = loaded.eagerlyEvaluate(ignore);
  fuzzLoop().runOnce();
  while (!input.empty()) {
    ssize_t sent = send(peer, input.data(), input.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    fuzzLoop().runOnce();
    if (sent <= 0) break;
    input = input.subspan(static_cast<size_t>(sent));
  }
  for (int turn = 0; turn < kTurns; ++turn)
    fuzzLoop().runOnce();
  peer = nullptr;
  for (int turn = 0; turn < kTurns; ++turn)
    fuzzLoop().runOnce();
}

}  // namespace

int fuzzRpcSupervisor(Bytes input) {
  EventLoop& loop = fuzzLoop();
  auto ends = makeRpcSocketPair();
  RpcLink link(loop, kj::mv(ends.supervisorEnd), RpcLink::Side::kSupervisor);
  talk(link, kj::mv(ends.workerEnd), input);
  return 0;
}

int fuzzRpcWorker(Bytes input) {
  EventLoop& loop = fuzzLoop();
  auto ends = makeRpcSocketPair();
  // A worker trusts its supervisor with sizes; a fuzzer would only find that memory is large.
  RpcLink link(loop, kj::mv(ends.workerEnd), RpcLink::Side::kWorker,
               rpc::Worker::Client(kj::heap<ReadingWorker>()));
  talk(link, kj::mv(ends.supervisorEnd), input);
  return 0;
}

}  // namespace nano::fuzz
