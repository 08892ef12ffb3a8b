// LoadedApp: more requests than the app may have, and what becomes of them when its worker dies.

#include <capnp/message.h>

#include "supervisor/loaded_app_fixture.h"

namespace nano {
namespace {

class LoadedAppOverloadTest : public LoadedAppTest {
 protected:
  LoadedAppOverloadTest() {
    version_->limits.set(rpc::Limit::WALL, 30'000);
    version_->limits.set(rpc::Limit::IN_FLIGHT, 2);
    version_->limits.set(rpc::Limit::QUEUE, 2);
    usage_ = book_.of("tenant", "app");
  }

  RecordingExchange& fetch(std::string_view method = "GET") {
    exchanges_.push_back(std::make_unique<RecordingExchange>(method));
    auto asked = Admission::ask(usage_, *version_, 1'000'000'000'000);
    app_->fetch(*exchanges_.back(), std::move(std::get<Admission>(asked)));
    return *exchanges_.back();
  }
  void answer(uint32_t id) {
    auto request = app_->host().answerRequest();
    answerOk(request.initAnswers(1)[0], id, "late");
    loop_.run(request.send().ignoreResult());
    turn();
  }
  uint32_t admitted() const { return usage_->tenant->inFlight; }

  UsageBook book_{1000};
  std::shared_ptr<AppUsage> usage_;
  std::vector<std::unique_ptr<RecordingExchange>> exchanges_;
};

TEST_F(LoadedAppOverloadTest, QueuesWhatIsTooManyAndShedsWhatDoesNotFitTheQueue) {
  start();
  for (int i = 0; i < 4; i++)
    fetch();
  auto& tooMany = fetch();
  turn();
  EXPECT_EQ(seen_.batches, (std::vector<std::vector<uint32_t>>{{0, 1}}));
  EXPECT_EQ(tooMany.status, 503);
  EXPECT_NE(tooMany.body.find("limits.requests_queued: 2 requests allowed, 3 requests used"),
            std::string::npos)
      << tooMany.body;
  EXPECT_EQ(admitted(), 4U);
  ASSERT_EQ(owner_.log.size(), 1U);
  EXPECT_NE(owner_.log[0].find("limits.requests_queued"), std::string::npos);
}

TEST_F(LoadedAppOverloadTest, AnAnswerBringsTheNextInOfThoseThatWait) {
  start();
  for (int i = 0; i < 4; i++)
    fetch();
  turn();
  answer(1);
  EXPECT_EQ(seen_.batches, (std::vector<std::vector<uint32_t>>{{0, 1}, {2}}));
  EXPECT_EQ(exchanges_[1]->body, "late");
  answer(0);
  answer(2);
  answer(3);
  EXPECT_EQ(app_->inFlight(), 0U);
  EXPECT_EQ(admitted(), 0U);
}

TEST_F(LoadedAppOverloadTest, WhoWaitsTooLongIsShedWithTheLimitsName) {
  version_->limits.set(rpc::Limit::QUEUE_TIME, 5);
  start();
  for (int i = 0; i < 3; i++)
    fetch();
  runUntil([this] { return exchanges_[2]->status != 0; });
  EXPECT_EQ(exchanges_[2]->status, 503);
  EXPECT_NE(exchanges_[2]->body.find("limits.queue_ms: 5 ms allowed"), std::string::npos);
  EXPECT_EQ(exchanges_[0]->status, 0);
  EXPECT_EQ(app_->inFlight(), 2U);
}

TEST_F(LoadedAppOverloadTest, AClientThatLeavesTheQueueLeavesItsPlace) {
  start();
  for (int i = 0; i < 4; i++)
    fetch();
  turn();
  exchanges_[2] = nullptr;
  exchanges_.push_back(nullptr);
  exchanges_.pop_back();
  fetch();
  EXPECT_EQ(exchanges_.back()->status, 0);
  answer(0);
  answer(1);
  EXPECT_EQ(seen_.urls.size(), 4U);
  EXPECT_TRUE(seen_.cancelled.empty());
}

TEST_F(LoadedAppOverloadTest, GivesBackWhatAnotherWorkerMayTakeAndAnswersTheRest) {
  start();
  auto& get = fetch("GET");
  auto& post = fetch("POST");
  turn();
  auto& neverSent = fetch("POST");
  auto orphans = app_->workerGone(rpc::Outcome::WORKER_DIED, LoadedApp::Orphans::kRetry);
  EXPECT_EQ(post.status, 502);
  ASSERT_EQ(orphans.size(), 2U);
  EXPECT_EQ(orphans[0].exchange, &get);
  EXPECT_EQ(orphans[1].exchange, &neverSent);
  EXPECT_EQ(get.status, 0);
  EXPECT_EQ(app_->inFlight(), 0U);
  EXPECT_EQ(admitted(), 2U) << "an orphan keeps its place in the server";
}

TEST_F(LoadedAppOverloadTest, ARequestIsTriedTwiceAndNotAThirdTime) {
  start();
  fetch();
  turn();
  auto orphans = app_->workerGone(rpc::Outcome::WORKER_DIED, LoadedApp::Orphans::kRetry);
  ASSERT_EQ(orphans.size(), 1U);
  LoadedApp second({loop_, counters_, ids_, ways_}, owner_, version_);
  second.started(kj::heap<FakeApp>(seen_), turns_);
  second.retry(std::move(orphans[0]));
  turn();
  EXPECT_EQ(seen_.urls.size(), 2U);
  EXPECT_TRUE(second.workerGone(rpc::Outcome::WORKER_DIED, LoadedApp::Orphans::kRetry).empty());
  EXPECT_EQ(exchanges_[0]->status, 502);
  EXPECT_EQ(admitted(), 0U);
}

TEST_F(LoadedAppOverloadTest, IsAtWorkWhileTheWorkerHasARequestOrStartsTheApp) {
  EXPECT_TRUE(app_->isAtWork());
  start();
  EXPECT_FALSE(app_->isAtWork());
  fetch();
  EXPECT_FALSE(app_->isAtWork());
  turn();
  EXPECT_TRUE(app_->isAtWork());
  exchanges_[0] = nullptr;
  EXPECT_TRUE(app_->isAtWork()) << "the worker has it though nobody waits";
  answer(0);
  EXPECT_FALSE(app_->isAtWork());
}

TEST_F(LoadedAppOverloadTest, BelievesAWorkerNeitherLimitNorNumberThatIsNotItsToSay) {
  capnp::MallocMessageBuilder message;
  auto breach = message.initRoot<rpc::LimitBreach>();
  write({rpc::Limit::CPU, 5, 6}, breach);
  auto cpu = workersRefusal(rpc::Outcome::EXCEEDED_CPU, breach, version_->limits);
  EXPECT_EQ(limitText(cpu), "limits.cpu_ms: 1000 ms allowed, 6 ms used");
  EXPECT_FALSE(workersRefusal(rpc::Outcome::EXCEPTION, breach, version_->limits).breach);
  write({rpc::Limit::REQUEST_RATE, 5, 6}, breach);
  EXPECT_FALSE(workersRefusal(rpc::Outcome::EXCEEDED_CPU, breach, version_->limits).breach);
  for (auto ours : {rpc::Outcome::QUARANTINED, rpc::Outcome::WORKER_DIED, rpc::Outcome::LOAD_SHED,
                    static_cast<rpc::Outcome>(999)}) {
    EXPECT_EQ(workersRefusal(ours, breach, version_->limits).outcome, rpc::Outcome::INTERNAL_ERROR);
  }
}

}  // namespace
}  // namespace nano
