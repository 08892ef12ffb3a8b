#include "protocol/rpc_link.h"

#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/vector.h>

#include "protocol/http.capnp.h"
#include "protocol/worker.capnp.h"

namespace nano {
namespace {

// A worker whose hello answers with how often it was asked, or never.
class TestWorker final : public rpc::Worker::Server {
 public:
  struct Log {
    int pings = 0;
    int cancelled = 0;
    bool silent = false;
  };
  explicit TestWorker(Log& log) : log_(log) {}

  kj::Promise<void> hello(HelloContext context) override {
    context.allowCancellation();
    ++log_.pings;
    context.getResults().initReport().setLandlockAbi(log_.pings);
    if (!log_.silent) return kj::READY_NOW;
    return kj::Promise<void>(kj::NEVER_DONE).attach(kj::defer([this]() { ++log_.cancelled; }));
  }

 private:
  Log& log_;
};

// Both ends of one link on one loop.
class RpcLinkTest : public testing::Test {
 protected:
  RpcLinkTest() : RpcLinkTest(makeRpcSocketPair()) {}
  ~RpcLinkTest() noexcept override {}

  rpc::Worker::Client worker() { return supervisor_.bootstrap().castAs<rpc::Worker>(); }
  uint64_t ping() { return loop_.run(worker().helloRequest().send()).getReport().getLandlockAbi(); }
  std::string reason(RpcLink& link) { return loop_.run(link.onDisconnect()).cStr(); }

  EventLoop loop_;
  TestWorker::Log log_;
  RpcLink supervisor_;
  kj::Own<RpcLink> worker_;

 private:
  explicit RpcLinkTest(RpcSocketPair ends)
      : supervisor_(loop_, kj::mv(ends.supervisorEnd), RpcLink::Side::kSupervisor),
        worker_(kj::heap<RpcLink>(loop_, kj::mv(ends.workerEnd), RpcLink::Side::kWorker,
                                  rpc::Worker::Client(kj::heap<TestWorker>(log_)),
                                  RpcLinkOptions::forWorker())) {}
};

TEST_F(RpcLinkTest, CarriesACallAndItsAnswer) {
  EXPECT_EQ(ping(), 1u);
  EXPECT_EQ(ping(), 2u);
}

TEST_F(RpcLinkTest, SendsAllCallsOfATurnInOneWrite) {
  ping();
  auto client = worker();
  uint64_t before = supervisor_.counters().writes;
  uint64_t answersBefore = worker_->counters().writes;
  auto pings = kj::heapArrayBuilder<kj::Promise<void>>(100);
  for (int i = 0; i < 100; ++i)
    pings.add(client.helloRequest().send().ignoreResult());
  loop_.run(kj::joinPromises(pings.finish()));
  EXPECT_EQ(log_.pings, 101);
  // One write with the calls, at most one more with the 'finish' messages of their answers.
  EXPECT_LE(supervisor_.counters().writes - before, 2u);
  EXPECT_EQ(worker_->counters().writes - answersBefore, 1u);
}

TEST_F(RpcLinkTest, TellsTheServerThatACallWasDropped) {
  ping();
  log_.silent = true;
  auto call = worker().helloRequest().send().ignoreResult().eagerlyEvaluate(nullptr);
  while (log_.pings < 2)
    loop_.runOnce();
  EXPECT_EQ(log_.cancelled, 0);
  call = nullptr;
  while (log_.cancelled < 1)
    loop_.runOnce();
}

TEST_F(RpcLinkTest, FailsCallsAsDisconnectedWhenThePeerGoes) {
  ping();
  log_.silent = true;
  auto call = worker().helloRequest().send().ignoreResult();
  while (log_.pings < 2)
    loop_.runOnce();
  worker_ = nullptr;
  auto error = KJ_ASSERT_NONNULL(kj::runCatchingExceptions([&]() { loop_.run(kj::mv(call)); }));
  EXPECT_EQ(error.getType(), kj::Exception::Type::DISCONNECTED);
  EXPECT_EQ(reason(supervisor_), "Peer disconnected.");
}

TEST_F(RpcLinkTest, FailsLaterCallsAsDisconnectedToo) {
  auto client = worker();
  ping();
  worker_ = nullptr;
  reason(supervisor_);
  auto error = KJ_ASSERT_NONNULL(
      kj::runCatchingExceptions([&]() { loop_.run(client.helloRequest().send().ignoreResult()); }));
  EXPECT_EQ(error.getType(), kj::Exception::Type::DISCONNECTED);
}

TEST_F(RpcLinkTest, NoticesAPeerThatWentBeforeAnythingWasAsked) {
  worker_ = nullptr;
  EXPECT_EQ(reason(supervisor_), "Peer disconnected.");
}

TEST_F(RpcLinkTest, ClosesForItsOwnersReason) {
  ping();
  log_.silent = true;
  auto call = worker().helloRequest().send().ignoreResult();
  supervisor_.close("an answer to a call never made");
  EXPECT_EQ(reason(supervisor_), "an answer to a call never made");
  auto error = KJ_ASSERT_NONNULL(kj::runCatchingExceptions([&]() { loop_.run(kj::mv(call)); }));
  EXPECT_EQ(error.getType(), kj::Exception::Type::DISCONNECTED);
}

TEST_F(RpcLinkTest, LetsAnAnswerOutliveTheLink) {
  ping();
  auto answer = loop_.run(worker().helloRequest().send());
  auto client = worker();
  {
    auto other = makeRpcSocketPair();
    auto second = kj::heap<RpcLink>(loop_, kj::mv(other.supervisorEnd), RpcLink::Side::kSupervisor);
    RpcLink far(loop_, kj::mv(other.workerEnd), RpcLink::Side::kWorker, client);
    answer = loop_.run(second->bootstrap().castAs<rpc::Worker>().helloRequest().send());
    second = nullptr;
  }
  EXPECT_EQ(answer.getReport().getLandlockAbi(), 3u);
}

TEST_F(RpcLinkTest, SendsWhatWasQueuedBeforeItIsDestroyed) {
  ping();
  // The call is answered, and the link goes before the turn's end.
  auto call = worker().helloRequest().send();
  while (log_.pings < 2)
    loop_.runOnce();
  worker_ = nullptr;
  EXPECT_EQ(loop_.run(kj::mv(call)).getReport().getLandlockAbi(), 2u);
}

// Carries one message of every size up to a few receive buffers, back and forth.
class EchoApp final : public rpc::App::Server {
 public:
  kj::Promise<void> fetchBatch(FetchBatchContext context) override {
    auto calls = context.getParams().getCalls();
    auto answers = context.getResults().initAnswers(calls.size());
    for (auto i : kj::indices(calls)) {
      answers[i].initResponse().initBody().setBytes(calls[i].getRequest().getBody().getBytes());
    }
    return kj::READY_NOW;
  }
};

TEST(RpcLinkSizesTest, CarriesMessagesOfAllSizesUpToTheLimit) {
  EventLoop loop;
  auto ends = makeRpcSocketPair();
  RpcLink client(loop, kj::mv(ends.supervisorEnd), RpcLink::Side::kSupervisor);
  RpcLink server(loop, kj::mv(ends.workerEnd), RpcLink::Side::kWorker,
                 rpc::App::Client(kj::heap<EchoApp>()));
  auto app = client.bootstrap().castAs<rpc::App>();
  for (size_t size = 1; size < kMaxMessageBytes - 1024; size = size * 3 / 2 + 1) {
    auto bytes = kj::heapArray<kj::byte>(size);
    for (size_t i = 0; i < size; ++i)
      bytes[i] = i * 31 + size;
    // Two in a turn, so that frames of both kinds follow each other in the receive buffer.
    kj::Vector<kj::Promise<bool>> echoes;
    for (int i = 0; i < 2; ++i) {
      auto request = app.fetchBatchRequest();
      request.initCalls(1)[0].initRequest().initBody().setBytes(bytes);
      echoes.add(request.send().then([&bytes](auto&& response) {
        return response.getAnswers()[0].getResponse().getBody().getBytes() == bytes.asPtr();
      }));
    }
    for (auto& echo : echoes)
      ASSERT_TRUE(loop.run(kj::mv(echo))) << size;
  }
}

}  // namespace
}  // namespace nano
