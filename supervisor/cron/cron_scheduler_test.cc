#include "supervisor/cron/cron_scheduler.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "supervisor/fake_live_server.h"

namespace nano {
namespace {

constexpr int64_t kMinute = 60'000;
// 2026-11-28 10:00 UTC.
constexpr int64_t kTen = 29'931'000 * kMinute;

class FakeClock final : public kj::Clock {
 public:
  kj::Date now() const override { return kj::UNIX_EPOCH + millis * kj::MILLISECONDS; }
  int64_t millis = kTen;
};

class FakeCursor final : public CronCursor {
 public:
  std::optional<int64_t> read() override { return millis; }
  std::optional<DiskError> write(int64_t unixMillis) override {
    if (fails) return DiskError{"No space left on device"};
    ++writes;
    millis = unixMillis;
    return std::nullopt;
  }
  std::optional<int64_t> millis;
  bool fails = false;
  int writes = 0;
};

// Apps with triggers, and nothing else.
class FakeRegistry final : public AppRegistry {
 public:
  void set(const std::string& app, std::vector<std::string> crons) {
    auto version = std::make_shared<AppVersion>();
    version->tenant = "default";
    version->app = app;
    DeployedApp deployed{version, {}};
    deployed.deployment.triggers = replacedTriggers({}, crons, 0);
    apps[app] = deployed;
  }
  std::vector<DeployedApp> list() const override {
    std::vector<DeployedApp> all;
    for (const auto& entry : apps)
      all.push_back(entry.second);
    return all;
  }
  std::optional<DeployedApp> find(const std::string&, const std::string& app) const override {
    auto found = apps.find(app);
    return found == apps.end() ? std::nullopt : std::optional(found->second);
  }
  kj::Promise<Prepared> prepare(AppUpload) override { return kj::NEVER_DONE; }
  kj::Promise<void> discard(std::shared_ptr<const AppVersion>) override { return kj::READY_NOW; }
  kj::Promise<Committed> commit(std::shared_ptr<const AppVersion>, Target) override {
    return kj::NEVER_DONE;
  }
  kj::Promise<Committed> setCrons(const std::string&, const std::string&,
                                  std::vector<std::string>) override {
    return kj::NEVER_DONE;
  }
  kj::Promise<Removed> remove(const std::string&, const std::string&) override {
    return kj::NEVER_DONE;
  }
  void resolveAgain() override {}

  std::map<std::string, DeployedApp> apps;
};

class CronSchedulerTest : public testing::Test {
 protected:
  ~CronSchedulerTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  // nanod starts: the scheduler of before, if there was one, is gone.
  void start() {
    running_ = nullptr;
    scheduler_ = std::make_unique<CronScheduler>(
        CronScheduler::Parts{registry_, server_, cursor_, clock_, timer_});
    running_ = scheduler_->run().eagerlyEvaluate(nullptr);
    waitScope_.poll();
  }
  void stop() { running_ = nullptr; }
  // Time passes, 100 ms at a time.
  void passUntil(int64_t millis) {
    while (clock_.millis < millis) {
      clock_.millis += 100;
      timer_.advanceTo(timer_.now() + 100 * kj::MILLISECONDS);
      waitScope_.poll();
    }
  }
  void pass(int64_t millis) { passUntil(clock_.millis + millis); }
  // "app cron", in the order they were begun in.
  std::vector<std::string> begun() {
    std::vector<std::string> events;
    for (const std::string& call : server_.calls)
      events.push_back(call.substr(call.find('/') + 1));
    server_.calls.clear();
    return events;
  }
  static std::string event(const std::string& app, const std::string& cron, int64_t minute) {
    return app + " " + cron + " " + std::to_string(minute * 60);
  }

  kj::EventLoop loop_;
  kj::WaitScope waitScope_{loop_};
  kj::TimerImpl timer_{kj::origin<kj::TimePoint>()};
  FakeClock clock_;
  FakeCursor cursor_;
  FakeRegistry registry_;
  FakeLiveServer server_;
  std::unique_ptr<CronScheduler> scheduler_;
  kj::Maybe<kj::Promise<void>> running_;
};

using Events = std::vector<std::string>;
constexpr int64_t kTenMinute = kTen / kMinute;

TEST_F(CronSchedulerTest, BeginsATriggerOnceADueMinute) {
  registry_.set("shop", {"*/5 * * * *"});
  clock_.millis = kTen - 2 * kMinute;
  start();
  pass(10 * kMinute);
  EXPECT_EQ(begun(), (Events{event("shop", "*/5 * * * *", kTenMinute),
                             event("shop", "*/5 * * * *", kTenMinute + 5)}));
}

TEST_F(CronSchedulerTest, BeginsEveryTriggerOfAnApp) {
  registry_.set("shop", {"0 10 * * *", "* * * * *", "1 10 * * *"});
  clock_.millis = kTen - 1;
  start();
  pass(kMinute);
  EXPECT_EQ(begun(), (Events{event("shop", "0 10 * * *", kTenMinute),
                             event("shop", "* * * * *", kTenMinute)}));
}

TEST_F(CronSchedulerTest, SpreadsAppsOverTheFirstHalfOfTheMinute) {
  for (int i = 0; i < 300; ++i)
    registry_.set("app-" + std::to_string(i), {"* * * * *"});
  clock_.millis = kTen - 100;
  start();
  size_t most = 0;
  size_t all = 0;
  for (int second = 0; second < 60; ++second) {
    passUntil(kTen + second * 1000 + 900);
    const size_t here = begun().size();
    most = std::max(most, here);
    all += here;
    if (second > 30) {
      EXPECT_EQ(here, 0U) << second;
    }
  }
  EXPECT_EQ(all, 300U);
  EXPECT_LT(most, 30U);
  // Of a second one write at most.
  EXPECT_LE(cursor_.writes, 31);
}

TEST_F(CronSchedulerTest, BeginsNothingTwiceAfterARestartWithinTheMinute) {
  registry_.set("shop", {"* * * * *"});
  const int64_t moment = CronScheduler::momentOf("default", "shop");
  clock_.millis = kTen - 1;
  start();
  passUntil(kTen + moment + 100);
  EXPECT_EQ(begun().size(), 1U);
  stop();
  pass(2000);
  start();
  passUntil(kTen + kMinute - 1);
  EXPECT_EQ(begun(), Events{});
  pass(kMinute);
  EXPECT_EQ(begun(), (Events{event("shop", "* * * * *", kTenMinute + 1)}));
}

TEST_F(CronSchedulerTest, BeginsLateWhatARestartKeptFromItsMoment) {
  registry_.set("shop", {"* * * * *"});
  cursor_.millis = kTen - 5000;
  clock_.millis = kTen + CronScheduler::kSpreadMillis + 1000;
  start();
  EXPECT_EQ(begun(), (Events{event("shop", "* * * * *", kTenMinute)}));
}

TEST_F(CronSchedulerTest, DoesNotMakeUpForMinutesWithoutNanod) {
  registry_.set("shop", {"0 10 * * *", "*/2 * * * *"});
  cursor_.millis = kTen - 5000;
  clock_.millis = kTen + 3 * kMinute;
  start();
  pass(kMinute - 1);
  EXPECT_EQ(begun(), Events{});
}

TEST_F(CronSchedulerTest, ASecondThatTheClockRepeatsBeginsNothingTwice) {
  registry_.set("shop", {"* * * * *"});
  start();
  passUntil(kTen + kMinute - 1);
  const size_t first = begun().size();
  EXPECT_LE(first, 1U);
  clock_.millis = kTen;
  pass(kMinute - 100);
  EXPECT_EQ(begun(), Events{});
  pass(kMinute);
  EXPECT_EQ(begun(), (Events{event("shop", "* * * * *", kTenMinute + 1)}));
}

TEST_F(CronSchedulerTest, GoesOnWhenTheClockWasFarAhead) {
  registry_.set("shop", {"* * * * *"});
  cursor_.millis = kTen + int64_t{365} * 24 * 60 * kMinute;
  start();
  pass(2 * kMinute);
  EXPECT_FALSE(begun().empty());
}

TEST_F(CronSchedulerTest, AnEventThatIsNotOverKeepsNoOtherWaiting) {
  registry_.set("slow", {"* * * * *"});
  registry_.set("other", {"* * * * *"});
  server_.holdScheduled = true;
  clock_.millis = kTen - 1;
  start();
  pass(2 * kMinute);
  EXPECT_EQ(begun().size(), 4U);
  bool drained = false;
  auto waiting =
      scheduler_->drained().then([&drained] { drained = true; }).eagerlyEvaluate(nullptr);
  waitScope_.poll();
  EXPECT_FALSE(drained);
  for (auto& fulfiller : server_.heldScheduled)
    fulfiller->fulfill(ScheduledResult{});
  waitScope_.poll();
  EXPECT_TRUE(drained);
}

TEST_F(CronSchedulerTest, WhatWasTakenAwayWithinTheMinuteIsNotBegun) {
  registry_.set("shop", {"* * * * *"});
  registry_.set("gone", {"* * * * *"});
  clock_.millis = kTen - 1;
  start();
  pass(100);
  begun();
  registry_.set("shop", {"5 * * * *"});
  registry_.apps.erase("gone");
  pass(kMinute - 200);
  EXPECT_EQ(begun(), Events{});
}

TEST_F(CronSchedulerTest, AFullDiskStopsNoTrigger) {
  registry_.set("shop", {"* * * * *"});
  cursor_.fails = true;
  clock_.millis = kTen - 1;
  start();
  pass(kMinute);
  EXPECT_EQ(begun().size(), 1U);
}

}  // namespace
}  // namespace nano
