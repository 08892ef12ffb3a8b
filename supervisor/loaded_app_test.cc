#include "supervisor/loaded_app.h"

#include <deque>

#include <gtest/gtest.h>

#include "protocol/limits.h"
#include "supervisor/loaded_app_fixture.h"

namespace nano {
namespace {

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
  app_->fetch(one, Admission());
  app_->fetch(two, Admission());
  turn();
  EXPECT_EQ(seen_.batches.size(), 1U);
  EXPECT_EQ(one.body, "for http://app.example.test/one");
  EXPECT_EQ(two.body, "for http://app.example.test/two");
  EXPECT_EQ(app_->inFlight(), 0U);
}

TEST_F(LoadedAppTest, CountsItsRequestsAmongThoseOfItsWorker) {
  auto exchanges = std::make_shared<size_t>(0);
  app_ = std::make_unique<LoadedApp>(
      LoadedApp::Surroundings{loop_, counters_, ids_, ways_, exchanges}, owner_, version_);
  RecordingExchange one;
  RecordingExchange two;
  app_->fetch(one, Admission());
  app_->fetch(two, Admission());
  EXPECT_EQ(*exchanges, 2U);
  LoadedApp::abandon(one);
  turn();
  EXPECT_EQ(*exchanges, app_->inFlight());
  app_ = nullptr;
  EXPECT_EQ(*exchanges, 0U);
}

TEST_F(LoadedAppTest, TellsThatItsWorkerHasWork) {
  start();
  turn();
  // Past the time that follows a start.
  loop_.run(loop_.timer().afterDelay(kGivesWayFor + 2 * kTurnLook));
  const int before = looks_;
  loop_.run(loop_.timer().afterDelay(4 * kTurnLook));
  ASSERT_EQ(looks_, before) << "it is looked at without work";
  RecordingExchange request;
  app_->fetch(request, Admission());
  turn();
  EXPECT_EQ(looks_, before + 1);
}

TEST_F(LoadedAppTest, KeepsRequestsUntilTheAppHasStarted) {
  RecordingExchange early;
  app_->fetch(early, Admission());
  turn();
  EXPECT_TRUE(seen_.batches.empty());
  start();
  turn();
  EXPECT_EQ(seen_.batches.size(), 1U);
}

TEST_F(LoadedAppTest, AnswersEveryRequestWhenTheWorkerDies) {
  start();
  RecordingExchange sent;
  app_->fetch(sent, Admission());
  turn();
  RecordingExchange waiting;
  app_->fetch(waiting, Admission());
  app_->failed({rpc::Outcome::WORKER_DIED});
  EXPECT_EQ(sent.status, 502);
  EXPECT_EQ(waiting.status, 502);
  EXPECT_EQ(app_->inFlight(), 0U);
}

TEST_F(LoadedAppTest, TakesALateAnswerThroughTheHostAndOnlyOnce) {
  start();
  RecordingExchange exchange;
  app_->fetch(exchange, Admission());
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
  app_->fetch(exchange, Admission());
  turn();
  EXPECT_EQ(exchange.status, 0);
  EXPECT_NE(owner_.killed.find("does not have"), std::string::npos);
}

TEST_F(LoadedAppTest, TheClientThatLeavesCancelsItsRequestAndTheAnswerIsDropped) {
  start();
  auto exchange = std::make_unique<RecordingExchange>();
  app_->fetch(*exchange, Admission());
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
  app_->fetch(exchange, Admission());
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
  app_->fetch(exchange, Admission());
  turn();
  EXPECT_EQ(exchange.status, 502);
  ASSERT_EQ(owner_.log.size(), 1U);
  EXPECT_NE(owner_.log[0].find("200 to 599"), std::string::npos);
}

TEST_F(LoadedAppTest, ARetiredAppIsFinishedWhenItsLastRequestIsAnswered) {
  start();
  RecordingExchange exchange;
  app_->fetch(exchange, Admission());
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
  enum class Source { kEnds, kFails };
  void streamTo(RecordingExchange& exchange, std::vector<std::string> pieces, Source source) {
    seen_.answer = [pieces = std::move(pieces), source](auto calls, auto results) {
      auto answer = results.initAnswers(1)[0];
      answerOk(answer, calls[0].getId(), "");
      auto body = answer.getResponse().initBody();
      body.setStream(kj::heap<FakeSource>(pieces, source == Source::kFails));
    };
    start();
    app_->fetch(exchange, Admission());
    for (int i = 0; i < 10; i++)
      turn();
  }
};

TEST_F(LoadedAppStreamTest, PassesABodyOnPieceByPieceToItsEnd) {
  RecordingExchange exchange;
  streamTo(exchange, {"one ", "two"}, Source::kEnds);
  EXPECT_EQ(exchange.body, "one two");
  EXPECT_TRUE(exchange.ended);
  EXPECT_EQ(exchange.responseLength, std::nullopt);
  EXPECT_EQ(app_->inFlight(), 0U);
}

TEST_F(LoadedAppStreamTest, APieceThatWasNotAskedForEndsTheWorker) {
  for (size_t bytes : {size_t{0}, kMaxReadBytes + 1}) {
    owner_.killed.clear();
    app_ = std::make_unique<LoadedApp>(LoadedApp::Surroundings{loop_, counters_, ids_, ways_},
                                       owner_, version_);
    RecordingExchange exchange;
    streamTo(exchange, {"one ", std::string(bytes, 'x')}, Source::kEnds);
    EXPECT_NE(owner_.killed.find("not asked for"), std::string::npos) << bytes;
    EXPECT_EQ(exchange.body, "one ");
    EXPECT_FALSE(exchange.ended);
    // As the pool does with an app that goes.
    owner_.dirty.clear();
    app_ = nullptr;
    EXPECT_TRUE(exchange.aborted);
  }
}

TEST_F(LoadedAppStreamTest, BreaksTheAnswerOffWhenTheBodyFails) {
  RecordingExchange exchange;
  streamTo(exchange, {"one ", "two"}, Source::kFails);
  EXPECT_TRUE(exchange.aborted);
  EXPECT_FALSE(exchange.ended);
  EXPECT_EQ(app_->inFlight(), 0U);
}

// A body whose only piece comes when the test says so.
class GatedSource final : public rpc::ByteSource::Server {
 public:
  explicit GatedSource(kj::Promise<void> gate) : gate_(kj::mv(gate)) {}
  kj::Promise<void> read(ReadContext context) override {
    return kj::mv(gate_).then([context]() mutable {
      context.getResults().setBytes(kj::StringPtr("the first's").asBytes());
    });
  }

 private:
  kj::Promise<void> gate_;
};

TEST_F(LoadedAppStreamTest, ARequestThatComesInTheTurnAnotherLeavesGetsNothingOfItsBody) {
  auto gate = kj::newPromiseAndFulfiller<void>();
  seen_.answer = [&gate](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answerOk(answer, calls[0].getId(), "");
    answer.getResponse().initBody().setStream(kj::heap<GatedSource>(kj::mv(gate.promise)));
  };
  start();
  RecordingExchange first;
  app_->fetch(first, Admission());
  for (int i = 0; i < 5; i++)
    turn();
  EXPECT_EQ(first.status, 200);
  seen_.answer = nullptr;
  LoadedApp::abandon(first);
  RecordingExchange next;
  app_->fetch(next, Admission());
  gate.fulfiller->fulfill();
  for (int i = 0; i < 5; i++)
    loop_.runOnce();
  EXPECT_EQ(next.body, "");
  turn();
  EXPECT_EQ(next.body, "");
  ASSERT_EQ(seen_.batches.size(), 2U);
  EXPECT_NE(seen_.batches[0], seen_.batches[1]) << "its id is free from the turn's end on";
}

TEST_F(LoadedAppStreamTest, TheBodyOfAnAnswerToHeadIsNotAskedFor) {
  RecordingExchange exchange("HEAD");
  streamTo(exchange, std::vector<std::string>(1000, "x"), Source::kEnds);
  EXPECT_TRUE(exchange.ended);
  EXPECT_EQ(exchange.body, "");
  EXPECT_EQ(app_->inFlight(), 0U);
}

}  // namespace
}  // namespace nano
