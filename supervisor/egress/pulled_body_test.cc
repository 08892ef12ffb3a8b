#include "supervisor/egress/pulled_body.h"

#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/timer.h>

#include "supervisor/http_limits.h"

namespace nano {
namespace {

class PulledBodyTest : public testing::Test {
 protected:
  ~PulledBodyTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  kj::Promise<void> write(const std::string& text) {
    return body_->write(std::as_bytes(std::span(text)));
  }
  std::string textOf(const ByteChunk& chunk) {
    return std::string(chunk.bytes.asChars().begin(), chunk.bytes.size()) + (chunk.end ? "|" : "");
  }
  // What is read now; "..." where that has to wait, "!" and why where it fails.
  std::string read(size_t maxBytes = 100) {
    auto promise = body_->read(maxBytes);
    if (!promise.poll(waitScope_)) return "...";
    std::string text;
    auto error = kj::runCatchingExceptions(
        [this, &text, &promise] { text = textOf(promise.wait(waitScope_)); });
    KJ_IF_MAYBE(e, error) {
      return std::string("!") + e->getDescription().cStr();
    }
    return text;
  }
  void pass(kj::Duration time) {
    now_ = now_ + time;
    timer_.advanceTo(now_);
    waitScope_.poll();
  }

  kj::EventLoop loop_;
  kj::WaitScope waitScope_{loop_};
  kj::TimePoint now_ = kj::origin<kj::TimePoint>();
  kj::TimerImpl timer_{now_};
  std::shared_ptr<ByteBudget> budget_ = std::make_shared<ByteBudget>(1000);
  int lost_ = 0;
  std::unique_ptr<PulledBody> body_ =
      std::make_unique<PulledBody>(timer_, budget_, [this]() { lost_++; });
};

TEST_F(PulledBodyTest, LetsTheNextPieceInWhenOneIsTaken) {
  auto written = write("first");
  EXPECT_FALSE(written.poll(waitScope_));
  EXPECT_EQ(read(3), "fir");
  EXPECT_FALSE(written.poll(waitScope_));
  EXPECT_EQ(read(3), "st");
  EXPECT_TRUE(written.poll(waitScope_));
  EXPECT_EQ(budget_->taken(), 0U);
}

TEST_F(PulledBodyTest, GivesAPieceToTheReaderWhoWaitsForIt) {
  auto reading = body_->read(3);
  EXPECT_FALSE(reading.poll(waitScope_));
  auto written = write("first");
  EXPECT_FALSE(written.poll(waitScope_)) << "two bytes are left";
  EXPECT_EQ(textOf(reading.wait(waitScope_)), "fir");
  EXPECT_EQ(read(), "st");
  EXPECT_TRUE(written.poll(waitScope_));
}

TEST_F(PulledBodyTest, KeepsThePieceOfAReaderWhoDidNotWait) {
  EXPECT_EQ(read(), "...");
  write("first").detach([](kj::Exception&&) {});
  EXPECT_EQ(read(), "first");
}

TEST_F(PulledBodyTest, EndsWithTheLastPieceOrAfterIt) {
  auto written = write("last");
  body_->end();
  EXPECT_EQ(read(2), "la");
  EXPECT_EQ(read(2), "st|");
  body_ = std::make_unique<PulledBody>(timer_, budget_, [] {});
  auto reading = body_->read(10);
  body_->end();
  EXPECT_EQ(textOf(reading.wait(waitScope_)), "|");
  EXPECT_EQ(read(), "|");
}

TEST_F(PulledBodyTest, SaysWhyItBrokeOffToWhoWaitsAndToWhoComesLater) {
  auto reading = body_->read(10);
  body_->breakOff("the app failed");
  auto error = kj::runCatchingExceptions([this, &reading] { reading.wait(waitScope_); });
  EXPECT_STREQ(KJ_ASSERT_NONNULL(error).getDescription().cStr(), "the app failed");
  EXPECT_EQ(read(), "!the app failed");
  body_ = std::make_unique<PulledBody>(timer_, budget_, [] {});
  auto written = write("not taken");
  body_->breakOff("the app failed");
  EXPECT_EQ(read(), "!the app failed");
  EXPECT_EQ(budget_->taken(), 0U);
  EXPECT_EQ(lost_, 0) << "its writer knows";
}

TEST_F(PulledBodyTest, GivesUpAReaderWhoDoesNotComeBack) {
  const HttpLimits limits;
  auto written = write("first");
  pass(limits.writeTimeout - 1 * kj::SECONDS);
  EXPECT_EQ(read(2), "fi") << "a little is enough to be waited for again";
  pass(limits.writeTimeout - 1 * kj::SECONDS);
  EXPECT_EQ(lost_, 0);
  pass(1 * kj::SECONDS);
  EXPECT_EQ(lost_, 1);
  EXPECT_EQ(budget_->taken(), 0U);
  EXPECT_EQ(read(), "!the response was not read in time");
}

TEST_F(PulledBodyTest, WaitsAsLongAsTheSlowestClientTakesForThePieceBefore) {
  const HttpLimits limits;
  constexpr size_t kSeconds = 100;
  budget_ = std::make_shared<ByteBudget>(1 << 20);
  body_ = std::make_unique<PulledBody>(timer_, budget_, [this]() { lost_++; });
  auto large = write(std::string(limits.bytesPerSecond * kSeconds, 'x'));
  EXPECT_EQ(read(1 << 20).size(), limits.bytesPerSecond * kSeconds);
  auto next = write("next");
  pass(limits.writeTimeout + (kSeconds - 1) * kj::SECONDS);
  EXPECT_EQ(lost_, 0);
  pass(1 * kj::SECONDS);
  EXPECT_EQ(lost_, 1);
}

TEST_F(PulledBodyTest, NobodyWaitsForAReaderOfWhatIsNotThereYet) {
  pass(3600 * kj::SECONDS);
  EXPECT_EQ(lost_, 0);
  auto written = write("late");
  EXPECT_EQ(read(), "late");
}

TEST_F(PulledBodyTest, HasNoRoomPastItsBudget) {
  budget_->take(1000);
  auto written = write("x");
  EXPECT_EQ(lost_, 1);
  EXPECT_EQ(budget_->taken(), 1000U);
  EXPECT_EQ(read().substr(0, 9), "!too much");
}

TEST_F(PulledBodyTest, GivesItsRoomBackWhenItGoes) {
  auto written = write("first");
  EXPECT_EQ(budget_->taken(), 5U);
  body_ = nullptr;
  EXPECT_EQ(budget_->taken(), 0U);
}

}  // namespace
}  // namespace nano
