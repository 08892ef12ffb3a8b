#include "supervisor/app_log.h"

#include <gtest/gtest.h>
#include <kj/async.h>

namespace nano {
namespace {

class ManualClock final : public kj::MonotonicClock {
 public:
  kj::TimePoint now() const override { return now_; }
  void advance(kj::Duration by) { now_ += by; }

 private:
  kj::TimePoint now_ = kj::origin<kj::TimePoint>() + 1 * kj::DAYS;
};

class AppLogTest : public testing::Test {
 protected:
  ~AppLogTest() noexcept override = default;

  void append(const std::string& message) {
    AppLogLine line;
    line.message = message;
    log_.append(kApp, line);
  }
  std::vector<std::string> tail(size_t count) const { return messages(log_.tail(kApp, count)); }
  static std::vector<std::string> messages(const std::vector<AppLog::Line>& lines) {
    std::vector<std::string> result;
    for (const auto& line : lines)
      result.push_back(line->message);
    return result;
  }
  kj::Own<AppLog::Follower> follow() {
    kj::Own<AppLog::Follower> result;
    KJ_IF_MAYBE(follower, log_.follow(kApp)) {
      result = kj::mv(*follower);
    }
    return result;
  }
  std::vector<std::string> next(AppLog::Follower& follower) {
    return messages(follower.next().wait(waitScope_));
  }

  const AppLog::AppName kApp{"t", "a"};
  kj::EventLoop loop_;
  kj::WaitScope waitScope_{loop_};
  ManualClock clock_;
  AppLog log_{clock_};
};

TEST_F(AppLogTest, GivesTheLastLinesInOrder) {
  EXPECT_TRUE(tail(10).empty());
  append("1");
  append("2");
  append("3");
  EXPECT_EQ(tail(2), (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(tail(10).size(), 3u);
  EXPECT_TRUE(tail(0).empty());
  EXPECT_TRUE(log_.tail({"t", "other"}, 10).empty());
  EXPECT_TRUE(log_.tail({"other", "a"}, 10).empty());
}

TEST_F(AppLogTest, ForgetsTheOldestLinesBeyondItsBounds) {
  for (size_t i = 0; i < AppLog::kMaxLines + 5; ++i) {
    append(std::to_string(i));
    clock_.advance(1 * kj::MILLISECONDS);
  }
  EXPECT_EQ(tail(5000).size(), AppLog::kMaxLines);
  EXPECT_EQ(tail(5000).front(), "5");
  for (int i = 0; i < 500; ++i) {
    append(std::string(4000, 'x'));
    clock_.advance(1 * kj::SECONDS);
  }
  size_t bytes = 0;
  for (const auto& message : tail(5000))
    bytes += message.size();
  EXPECT_LE(bytes, AppLog::kMaxBytes);
  EXPECT_GT(bytes, AppLog::kMaxBytes / 2);
}

TEST_F(AppLogTest, CutsALineThatIsTooLong) {
  append(std::string(100'000, 'x'));
  EXPECT_EQ(tail(1)[0], std::string(4096, 'x') + "... (cut)");
}

TEST_F(AppLogTest, LeavesOutWhatComesTooFastAndSaysHowMuch) {
  for (int i = 0; i < 1000; ++i)
    append(std::string(4000, 'x'));
  size_t kept = tail(5000).size();
  EXPECT_LT(kept, 300u);
  clock_.advance(1 * kj::SECONDS);
  append("after");
  auto last = tail(2);
  EXPECT_EQ(last[0].substr(0, last[0].find(':')),
            std::to_string(1000 - kept) + " lines are left out here");
  EXPECT_EQ(last[1], "after");
}

TEST_F(AppLogTest, LimitsEachAppOnItsOwn) {
  for (int i = 0; i < 1000; ++i)
    append(std::string(4000, 'x'));
  AppLogLine line;
  line.message = "mine";
  log_.append({"t", "other"}, line);
  EXPECT_EQ(messages(log_.tail({"t", "other"}, 1)), std::vector<std::string>{"mine"});
}

TEST_F(AppLogTest, GivesAFollowerWhatComesAfterIt) {
  append("before");
  auto follower = follow();
  auto promise = follower->next();
  EXPECT_FALSE(promise.poll(waitScope_));
  append("1");
  append("2");
  EXPECT_EQ(messages(promise.wait(waitScope_)), (std::vector<std::string>{"1", "2"}));
  append("3");
  EXPECT_EQ(next(*follower), std::vector<std::string>{"3"});
}

TEST_F(AppLogTest, BoundsWhatWaitsForASlowFollower) {
  auto follower = follow();
  for (size_t i = 0; i < AppLog::kMaxLines + 7; ++i)
    append(std::to_string(i));
  auto lines = next(*follower);
  ASSERT_EQ(lines.size(), AppLog::kMaxLines + 1);
  EXPECT_EQ(lines[0].substr(0, 2), "7 ");
  EXPECT_EQ(lines[1], "7");
}

TEST_F(AppLogTest, BoundsTheFollowersOfAnApp) {
  std::vector<kj::Own<AppLog::Follower>> followers;
  for (size_t i = 0; i < AppLog::kMaxFollowers; ++i)
    followers.push_back(follow());
  EXPECT_EQ(follow().get(), nullptr);
  followers.pop_back();
  EXPECT_NE(follow().get(), nullptr);
}

TEST_F(AppLogTest, KeepsFollowersOfAnAppThatIsForgotten) {
  append("old");
  auto follower = follow();
  log_.forget(kApp);
  EXPECT_TRUE(tail(10).empty());
  append("new");
  EXPECT_EQ(next(*follower), std::vector<std::string>{"new"});
}

TEST_F(AppLogTest, LetsAFollowerOutliveIt) {
  kj::Own<AppLog::Follower> follower;
  {
    AppLog log(clock_);
    KJ_IF_MAYBE(made, log.follow(kApp)) {
      follower = kj::mv(*made);
    }
  }
  follower = nullptr;
}

}  // namespace
}  // namespace nano
