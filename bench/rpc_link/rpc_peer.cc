#include <optional>
#include <vector>

#include <kj/debug.h>

#include "bench/rpc_link/peers.h"
#include "protocol/rpc_link.h"

namespace nano::bench {
namespace {

class EchoApp final : public rpc::App::Server {
 public:
  kj::Promise<void> fetchBatch(FetchBatchContext context) override {
    context.allowCancellation();
    auto calls = context.getParams().getCalls();
    auto results = context.initResults(capnp::MessageSize{8 + calls.size() * kAnswerWords, 0});
    auto answers = results.initAnswers(calls.size());
    for (auto i : kj::indices(calls))
      answerCall(calls[i], answers[i]);
    return kj::READY_NOW;
  }
};

// Collects the requests of a turn into one call.
class BatchClient final : private TurnHook, private kj::TaskSet::ErrorHandler {
 public:
  BatchClient(EventLoop& loop, rpc::App::Client app, Load& load, uint32_t maxBatch)
      : TurnHook(loop),
        app_(kj::mv(app)),
        load_(load),
        maxBatch_(maxBatch),
        tasks_(*this) {}

  void submit() {
    if (load_.next()) ++waiting_;
  }
  kj::Promise<void> whenDone() { return kj::mv(done_.promise); }

 private:
  Next endTurn() override {
    while (waiting_ > 0)
      sendBatch(std::min(waiting_, maxBatch_));
    return Next::kMaySleep;
  }

  void sendBatch(uint32_t size) {
    waiting_ -= size;
    auto request = app_.fetchBatchRequest(capnp::MessageSize{8 + size * kCallWords, 0});
    auto calls = request.initCalls(size);
    for (uint32_t i = 0; i < size; ++i)
      fillCall(calls[i], nextId_++);
    tasks_.add(request.send().then(
        [this](capnp::Response<rpc::App::FetchBatchResults>&& results) { received(results); }));
  }

  void received(rpc::App::FetchBatchResults::Reader results) {
    for (auto answer : results.getAnswers()) {
      consumeAnswer(answer);
      load_.answered();
      submit();
    }
    if (load_.done()) done_.fulfiller->fulfill();
  }

  void taskFailed(kj::Exception&& exception) override {
    done_.fulfiller->reject(kj::mv(exception));
  }

  rpc::App::Client app_;
  Load& load_;
  uint32_t maxBatch_;
  uint32_t waiting_ = 0;
  uint32_t nextId_ = 0;
  kj::PromiseFulfillerPair<void> done_ = kj::newPromiseAndFulfiller<void>();
  kj::TaskSet tasks_;
};

void runClient(EventLoop& loop, RpcLink& link, Load& load, uint32_t concurrency,
               uint32_t maxBatch) {
  auto app = link.bootstrap().castAs<rpc::App>();
  loop.run(app.whenResolved());
  BatchClient client(loop, app, load, maxBatch);
  for (uint32_t i = 0; i < concurrency; ++i)
    client.submit();
  loop.run(client.whenDone());
}

}  // namespace

void runBatchClient(EventLoop& loop, kj::AutoCloseFd socket, Load& load, uint32_t concurrency) {
  RpcLink link(loop, kj::mv(socket), RpcLink::Side::kSupervisor);
  runClient(loop, link, load, concurrency, kMaxBatchCalls);
}

void runSingleClient(EventLoop& loop, kj::AutoCloseFd socket, Load& load, uint32_t concurrency) {
  RpcLink link(loop, kj::mv(socket), RpcLink::Side::kSupervisor);
  runClient(loop, link, load, concurrency, 1);
}

void runRpcServer(EventLoop& loop, kj::AutoCloseFd socket) {
  RpcLink link(loop, kj::mv(socket), RpcLink::Side::kWorker, rpc::App::Client(kj::heap<EchoApp>()),
               RpcLinkOptions::forWorker());
  loop.run(link.onDisconnect());
}

}  // namespace nano::bench
