#include "supervisor/loaded_app.h"

#include <deque>
#include <functional>

#include <gtest/gtest.h>

#include "protocol/limits.h"
#include "supervisor/recording_exchange_test.h"

namespace nano {
namespace {

// A worker's App whose answers the test chooses.
class FakeApp final : public rpc::App::Server {
 public:
  struct Seen {
    std::vector<std::vector<uint32_t>> batches;
    std::vector<std::string> urls;
    std::vector<uint32_t> cancelled;
    // Fills the answers of a batch; without it nothing is answered.
    std::function<void(capnp::List<rpc::FetchCall>::Reader, rpc::App::FetchBatchResults::Builder)>
        answer;
  };
  explicit FakeApp(Seen& seen) : seen_(seen) {}

  kj::Promise<void> fetchBatch(FetchBatchContext context) override {
    std::vector<uint32_t> ids;
    for (auto call : context.getParams().getCalls()) {
      ids.push_back(call.getId());
      seen_.urls.emplace_back(call.getRequest().getUrl().cStr());
    }
    seen_.batches.push_back(ids);
    if (seen_.answer) seen_.answer(context.getParams().getCalls(), context.getResults());
    return kj::READY_NOW;
  }
  kj::Promise<void> cancel(CancelContext context) override {
    for (uint32_t id : context.getParams().getIds())
      seen_.cancelled.push_back(id);
    return kj::READY_NOW;
  }

 private:
  Seen& seen_;
};

void answerOk(rpc::FetchAnswer::Builder answer, uint32_t id, kj::StringPtr body) {
  answer.setId(id);
  answer.setOutcome(rpc::Outcome::OK);
  auto response = answer.initResponse();
  response.setStatus(200);
  response.initBody().setBytes(body.asBytes());
}

struct FakeOwner final : public LoadedApp::Owner {
  void killWorker(LoadedApp&, kj::StringPtr why) override { killed = why.cStr(); }
  void callAtTurnEnd(LoadedApp& app) override { dirty.push_back(&app); }
  void appLog(const AppVersion&, std::vector<AppLogLine> lines) override {
    for (auto& line : lines)
      log.push_back(line.message);
  }

  std::deque<LoadedApp*> dirty;
  std::string killed;
  std::vector<std::string> log;
};

class LoadedAppTest : public testing::Test {
 protected:
  LoadedAppTest() {
    version_ = std::make_shared<AppVersion>();
    version_->app = "app";
    version_->limits.set(rpc::Limit::WALL, 20);
    app_ = std::make_unique<LoadedApp>(loop_, owner_, counters_, ids_, version_);
  }

  // GoogleTest's own must not throw, so neither may ours; a defaulted one might.
  ~LoadedAppTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  void start() { app_->started(kj::heap<FakeApp>(seen_)); }
  // A turn of the loop as the worker pool has it.
  void turn() {
    while (!owner_.dirty.empty()) {
      auto apps = std::exchange(owner_.dirty, {});
      for (auto* app : apps)
        app->endTurn();
      loop_.runOnce();
    }
    loop_.runOnce();
  }
  void runUntil(const std::function<bool()>& done) {
    while (!done()) {
      loop_.run(loop_.timer().afterDelay(1 * kj::MILLISECONDS));
      turn();
    }
  }

  EventLoop loop_;
  Counters counters_;
  RequestIds ids_{1};
  std::shared_ptr<AppVersion> version_;
  FakeApp::Seen seen_;
  FakeOwner owner_;
  std::unique_ptr<LoadedApp> app_;
};

TEST_F(LoadedAppTest, SendsAllRequestsOfATurnInOneBatchAndAnswersEach) {
  seen_.answer = [](auto calls, auto results) {
    auto answers = results.initAnswers(calls.size());
    for (unsigned i = 0; i < calls.size(); i++) {
      answerOk(answers[i], calls[i].getId(), kj::str("for ", calls[i].getRequest().getUrl()));
    }
  };
  start();
  RecordingExchange one("GET", "/one");
  RecordingExchange two("GET", "/two");
  app_->fetch(one);
  app_->fetch(two);
  turn();
  EXPECT_EQ(seen_.batches.size(), 1U);
  EXPECT_EQ(one.body, "for http://app.example.test/one");
  EXPECT_EQ(two.body, "for http://app.example.test/two");
  EXPECT_EQ(app_->inFlight(), 0U);
}

TEST_F(LoadedAppTest, KeepsRequestsUntilTheAppHasStarted) {
  RecordingExchange early;
  app_->fetch(early);
  turn();
  EXPECT_TRUE(seen_.batches.empty());
  start();
  turn();
  EXPECT_EQ(seen_.batches.size(), 1U);
}

TEST_F(LoadedAppTest, AnswersEveryRequestWhenTheWorkerDies) {
  start();
  RecordingExchange sent;
  app_->fetch(sent);
  turn();
  RecordingExchange waiting;
  app_->fetch(waiting);
  app_->failed(rpc::Outcome::WORKER_DIED);
  EXPECT_EQ(sent.status, 502);
  EXPECT_EQ(waiting.status, 502);
  EXPECT_EQ(app_->inFlight(), 0U);
}

TEST_F(LoadedAppTest, TakesALateAnswerThroughTheHostAndOnlyOnce) {
  start();
  RecordingExchange exchange;
  app_->fetch(exchange);
  turn();
  auto host = app_->host();
  auto answerLate = [&host, this] {
    auto request = host.answerRequest();
    answerOk(request.initAnswers(1)[0], seen_.batches[0][0], "late");
    loop_.run(request.send().ignoreResult());
  };
  answerLate();
  EXPECT_EQ(exchange.body, "late");
  EXPECT_EQ(owner_.killed, "");
  answerLate();
  EXPECT_NE(owner_.killed, "") << "a second answer is a broken worker";
}

TEST_F(LoadedAppTest, AnAnswerToARequestThatWasNeverMadeEndsTheWorker) {
  seen_.answer = [](auto, auto results) { answerOk(results.initAnswers(1)[0], 4711, "forged"); };
  start();
  RecordingExchange exchange;
  app_->fetch(exchange);
  turn();
  EXPECT_EQ(exchange.status, 0);
  EXPECT_NE(owner_.killed.find("does not have"), std::string::npos);
}

TEST_F(LoadedAppTest, TheClientThatLeavesCancelsItsRequestAndTheAnswerIsDropped) {
  start();
  auto exchange = std::make_unique<RecordingExchange>();
  app_->fetch(*exchange);
  turn();
  LoadedApp::abandon(*exchange);
  exchange = nullptr;
  turn();
  EXPECT_EQ(seen_.cancelled, seen_.batches[0]);
  EXPECT_EQ(app_->inFlight(), 1U) << "its id is not free before the worker has let go of it";
  auto request = app_->host().answerRequest();
  answerOk(request.initAnswers(1)[0], seen_.batches[0][0], "nobody reads this");
  loop_.run(request.send().ignoreResult());
  EXPECT_EQ(app_->inFlight(), 0U);
  EXPECT_EQ(owner_.killed, "");
}

TEST_F(LoadedAppTest, ARequestOverItsTimeIs504AndAWorkerThatKeepsItIsKilled) {
  start();
  RecordingExchange exchange;
  app_->fetch(exchange);
  turn();
  runUntil([&exchange] { return exchange.status != 0; });
  EXPECT_EQ(exchange.status, 504);
  turn();
  EXPECT_EQ(seen_.cancelled, seen_.batches[0]);
  runUntil([this] { return !owner_.killed.empty(); });
  EXPECT_NE(owner_.killed.find("time was up"), std::string::npos);
}

TEST_F(LoadedAppTest, RefusesAResponseOutsideItsLimitsAndSaysSoInTheLog) {
  seen_.answer = [](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answerOk(answer, calls[0].getId(), "");
    answer.getResponse().setStatus(101);
  };
  start();
  RecordingExchange exchange;
  app_->fetch(exchange);
  turn();
  EXPECT_EQ(exchange.status, 502);
  ASSERT_EQ(owner_.log.size(), 1U);
  EXPECT_NE(owner_.log[0].find("200 to 599"), std::string::npos);
}

TEST_F(LoadedAppTest, ShedsLoadPastTheRequestsThatMayBeInFlight) {
  start();
  std::vector<std::unique_ptr<RecordingExchange>> many;
  for (size_t i = 0; i < kMaxCallsInFlight; i++) {
    many.push_back(std::make_unique<RecordingExchange>());
    app_->fetch(*many.back());
  }
  RecordingExchange tooMany;
  app_->fetch(tooMany);
  EXPECT_EQ(tooMany.status, 503);
  EXPECT_EQ(many.front()->status, 0);
  app_->failed(rpc::Outcome::WORKER_DIED);
}

TEST_F(LoadedAppTest, ARetiredAppIsFinishedWhenItsLastRequestIsAnswered) {
  start();
  RecordingExchange exchange;
  app_->fetch(exchange);
  turn();
  app_->retire();
  EXPECT_FALSE(app_->isFinished());
  auto request = app_->host().answerRequest();
  answerOk(request.initAnswers(1)[0], seen_.batches[0][0], "last");
  loop_.run(request.send().ignoreResult());
  EXPECT_EQ(exchange.body, "last");
  EXPECT_TRUE(app_->isFinished());
}

// A body of these pieces, then the end, or a failure instead of it.
class FakeSource final : public rpc::ByteSource::Server {
 public:
  FakeSource(std::vector<std::string> pieces, bool fails)
      : pieces_(pieces.begin(), pieces.end()),
        fails_(fails) {}
  kj::Promise<void> read(ReadContext context) override {
    if (pieces_.empty() && fails_) return KJ_EXCEPTION(FAILED, "broken off");
    auto results = context.getResults();
    if (pieces_.empty()) {
      results.setEnd(true);
      return kj::READY_NOW;
    }
    auto& piece = pieces_.front();
    results.setBytes(kj::arrayPtr(reinterpret_cast<const kj::byte*>(piece.data()), piece.size()));
    pieces_.pop_front();
    return kj::READY_NOW;
  }

 private:
  std::deque<std::string> pieces_;
  bool fails_;
};

class LoadedAppStreamTest : public LoadedAppTest {
 protected:
  void streamTo(RecordingExchange& exchange, bool fails) {
    seen_.answer = [fails](auto calls, auto results) {
      auto answer = results.initAnswers(1)[0];
      answerOk(answer, calls[0].getId(), "");
      auto body = answer.getResponse().initBody();
      body.setStream(kj::heap<FakeSource>(std::vector<std::string>{"one ", "two"}, fails));
    };
    start();
    app_->fetch(exchange);
    for (int i = 0; i < 10; i++)
      turn();
  }
};

TEST_F(LoadedAppStreamTest, PassesABodyOnPieceByPieceToItsEnd) {
  RecordingExchange exchange;
  streamTo(exchange, false);
  EXPECT_EQ(exchange.body, "one two");
  EXPECT_TRUE(exchange.ended);
  EXPECT_EQ(exchange.responseLength, std::nullopt);
  EXPECT_EQ(app_->inFlight(), 0U);
}

TEST_F(LoadedAppStreamTest, BreaksTheAnswerOffWhenTheBodyFails) {
  RecordingExchange exchange;
  streamTo(exchange, true);
  EXPECT_TRUE(exchange.aborted);
  EXPECT_FALSE(exchange.ended);
  EXPECT_EQ(app_->inFlight(), 0U);
}

}  // namespace
}  // namespace nano
