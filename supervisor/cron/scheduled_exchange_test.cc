#include "supervisor/cron/scheduled_exchange.h"

#include <memory>

#include <gtest/gtest.h>
#include <kj/timer.h>

#include "supervisor/cron/test_scheduled.h"
#include "supervisor/loaded_app_fixture.h"

namespace nano {
namespace {

class ScheduledExchangeTest : public LoadedAppTest {
 protected:
  ~ScheduledExchangeTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  // Hands the event to the app; `result_` says how it ended.
  void begin(const std::string& cron) {
    auto owned = kj::heap<ScheduledExchange>(ScheduledEvent{cron, 60'000});
    ScheduledExchange& exchange = *owned;
    promise_ = ScheduledExchange::resultOf(kj::mv(owned))
                   .then([this](ScheduledResult result) {
                     result_ = result.outcome;
                     refusal_ = result.refusal;
                   })
                   .eagerlyEvaluate(nullptr);
    app_->fetch(exchange, Admission());
  }

  std::optional<rpc::Outcome> result_;
  std::string refusal_;
  kj::Maybe<kj::Promise<void>> promise_;
};

TEST_F(ScheduledExchangeTest, TheWorkerIsToldTheEventAndNoRequest) {
  std::string cron;
  int64_t millis = 0;
  bool hasRequest = true;
  seen_.answer = [&](auto calls, auto results) {
    cron = calls[0].getScheduled().getCron().cStr();
    millis = calls[0].getScheduled().getUnixMillis();
    hasRequest = calls[0].hasRequest();
    answerOk(results.initAnswers(1)[0], calls[0].getId(), "");
  };
  start();
  begin("*/5 * * * *");
  runUntil([this] { return result_.has_value(); });
  EXPECT_EQ(result_, rpc::Outcome::OK);
  EXPECT_EQ(cron, "*/5 * * * *");
  EXPECT_EQ(millis, 60'000);
  EXPECT_FALSE(hasRequest);
}

TEST_F(ScheduledExchangeTest, AFailureIsItsOutcome) {
  seen_.answer = [](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answer.setId(calls[0].getId());
    answer.setOutcome(rpc::Outcome::EXCEPTION);
  };
  start();
  begin("* * * * *");
  runUntil([this] { return result_.has_value(); });
  EXPECT_EQ(result_, rpc::Outcome::EXCEPTION);
  EXPECT_NE(refusal_.find("\nrequest: "), std::string::npos) << refusal_;
}

TEST_F(ScheduledExchangeTest, WallTimeEndsIt) {
  start();
  begin("* * * * *");
  runUntil([this] { return result_.has_value(); });
  EXPECT_EQ(result_, rpc::Outcome::EXCEEDED_WALL_TIME);
}

TEST_F(ScheduledExchangeTest, ItIsNotBegunAgainInAnotherWorker) {
  start();
  begin("* * * * *");
  turn();
  EXPECT_TRUE(app_->workerGone(rpc::Outcome::WORKER_DIED, LoadedApp::Orphans::kRetry).empty());
  runUntil([this] { return result_.has_value(); });
  EXPECT_EQ(result_, rpc::Outcome::WORKER_DIED);
}

TEST_F(ScheduledExchangeTest, AWorkerThatStreamsItsAnswerIsNotListenedTo) {
  seen_.answer = [](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answer.setId(calls[0].getId());
    answer.setOutcome(rpc::Outcome::OK);
    answer.initResponse().setStatus(200);
    answer.getResponse().initBody().setStream(kj::heap<rpc::ByteSource::Server>());
  };
  start();
  begin("* * * * *");
  runUntil([this] { return result_.has_value(); });
  EXPECT_EQ(result_, rpc::Outcome::INTERNAL_ERROR);
  promise_ = nullptr;
  turn();
  EXPECT_EQ(app_->inFlight(), 0U);
}

constexpr char kThrown[] =
    "The app failed to answer this request.\noutcome: exception\nrequest: 12ab\n";

class ScheduledTestsTest : public testing::Test {
 protected:
  ~ScheduledTestsTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  kj::EventLoop loop_;
  kj::WaitScope waitScope_{loop_};
  ScheduledEvent seen_;
  kj::TimerImpl timer_{kj::origin<kj::TimePoint>()};
  rpc::Outcome outcome_ = rpc::Outcome::OK;
  std::string refusal_;
  bool holds_ = false;
  bool dropped_ = false;
  ScheduledTests tests_{[this](const Route*, ScheduledEvent event) -> kj::Promise<ScheduledResult> {
                          seen_ = std::move(event);
                          if (!holds_) return ScheduledResult{outcome_, refusal_};
                          kj::Promise<ScheduledResult> never = kj::NEVER_DONE;
                          return never.attach(kj::defer([this] { dropped_ = true; }));
                        },
                        timer_};

  // An event that fails, up to where its line of the log is waited for.
  void fail(RecordingExchange& exchange) {
    outcome_ = rpc::Outcome::EXCEPTION;
    refusal_ = kThrown;
    tests_.handle(nullptr, exchange);
    waitScope_.poll();
  }

  void log(const std::string& requestId, LogLevel level, const std::string& message) {
    const AppLogLine line{0, requestId, level, message, ""};
    tests_.logged({&line, 1});
  }
};

TEST_F(ScheduledTestsTest, AFailureIsAnsweredWithWhatTheLogHasOfIt) {
  RecordingExchange exchange("GET", "/__scheduled?cron=x");
  fail(exchange);
  EXPECT_EQ(exchange.status, 0) << "the line comes behind the answer";
  log("34cd", LogLevel::kError, "another's");
  log("12ab", LogLevel::kWarn, "its own");
  waitScope_.poll();
  EXPECT_EQ(exchange.status, 0);
  log("12ab", LogLevel::kError, "Error: broken\n    at scheduled (index.js:3:23)");
  waitScope_.poll();
  EXPECT_EQ(exchange.status, 500);
  EXPECT_EQ(exchange.body, "exception\n\nError: broken\n    at scheduled (index.js:3:23)\n");
  log("12ab", LogLevel::kError, "later");
}

TEST_F(ScheduledTestsTest, AFailureWithoutALineIsAnsweredAllTheSame) {
  RecordingExchange exchange("GET", "/__scheduled?cron=x");
  fail(exchange);
  timer_.advanceTo(kj::origin<kj::TimePoint>() + 1 * kj::SECONDS);
  waitScope_.poll();
  EXPECT_EQ(exchange.body, "exception\n\n" + refusal_);
}

TEST_F(ScheduledTestsTest, AFailureThatSomethingWasWaitedForAfterHasItsLineBefore) {
  holds_ = true;
  RecordingExchange running("GET", "/__scheduled?cron=x");
  tests_.handle(nullptr, running);
  log("12ab", LogLevel::kError, "Error: early");
  holds_ = false;
  RecordingExchange exchange("GET", "/__scheduled?cron=x");
  fail(exchange);
  timer_.advanceTo(kj::origin<kj::TimePoint>() + 1 * kj::SECONDS);
  waitScope_.poll();
  EXPECT_EQ(exchange.body, "exception\n\nError: early\n");
  tests_.abandoned(running);
}

TEST_F(ScheduledTestsTest, AnExchangeThatLeavesWaitsForNoLine) {
  RecordingExchange exchange("GET", "/__scheduled?cron=x");
  fail(exchange);
  tests_.abandoned(exchange);
  log("12ab", LogLevel::kError, "Error: broken");
  waitScope_.poll();
  EXPECT_EQ(exchange.status, 0);
}

TEST_F(ScheduledTestsTest, TakesTheExpressionAndTheTimeFromTheQuery) {
  RecordingExchange exchange("GET", "/__scheduled?cron=*%2F5+*+*+*+MON&time=1234");
  ASSERT_TRUE(ScheduledTests::isFor(exchange.head().target));
  tests_.handle(nullptr, exchange);
  waitScope_.poll();
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, "Ran scheduled event");
  EXPECT_EQ(seen_.cron, "*/5 * * * MON");
  EXPECT_EQ(seen_.unixMillis, 1234);
}

TEST_F(ScheduledTestsTest, AnswersAsWranglersHandlerPathDoes) {
  outcome_ = rpc::Outcome::EXCEPTION;
  RecordingExchange exchange("GET", "/cdn-cgi/handler/scheduled?format=json");
  tests_.handle(nullptr, exchange);
  waitScope_.poll();
  EXPECT_EQ(exchange.status, 500);
  EXPECT_EQ(exchange.body, R"({"outcome":"exception","noRetry":true})");
}

TEST_F(ScheduledTestsTest, AClientThatLeavesEndsTheEvent) {
  holds_ = true;
  RecordingExchange exchange("GET", "/__scheduled");
  tests_.handle(nullptr, exchange);
  waitScope_.poll();
  tests_.abandoned(exchange);
  waitScope_.poll();
  EXPECT_TRUE(dropped_);
  EXPECT_EQ(exchange.status, 0);
}

TEST_F(ScheduledTestsTest, OtherPathsAreTheApps) {
  EXPECT_FALSE(ScheduledTests::isFor("/__scheduled/x"));
  EXPECT_FALSE(ScheduledTests::isFor("/?/__scheduled"));
}

}  // namespace
}  // namespace nano
