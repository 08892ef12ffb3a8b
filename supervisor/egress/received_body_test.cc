#include "supervisor/egress/received_body.h"

#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"

namespace nano {
namespace {

class ReceivedBodyTest : public testing::Test {
 public:
  ~ReceivedBodyTest() noexcept override {}

 protected:
  void add(std::string_view text) {
    body_.add(kj::arrayPtr(reinterpret_cast<const kj::byte*>(text.data()), text.size()));
  }
  std::string read(size_t maxBytes) {
    auto chunk = loop_.run(body_.read(maxBytes));
    std::string text(chunk.bytes.asChars().begin(), chunk.bytes.size());
    return chunk.end ? text + "|" : text;
  }

  EventLoop loop_;
  std::shared_ptr<ByteBudget> budget_ = std::make_shared<ByteBudget>(1000);
  ReceivedBody body_{budget_};
};

TEST_F(ReceivedBodyTest, GivesWhatIsHereAtOnce) {
  add("one");
  add("two");
  EXPECT_EQ(read(100), "onetwo");
  EXPECT_EQ(body_.held(), 0u);
}

TEST_F(ReceivedBodyTest, GivesNoMoreThanIsAskedFor) {
  add("abcdef");
  EXPECT_EQ(read(4), "abcd");
  EXPECT_EQ(body_.held(), 2u);
  body_.end();
  EXPECT_EQ(read(4), "ef|");
}

TEST_F(ReceivedBodyTest, AnswersAWaitingReaderWithWhatComes) {
  auto reading = body_.read(100);
  EXPECT_TRUE(body_.awaited());
  add("late");
  EXPECT_FALSE(body_.awaited());
  EXPECT_EQ(loop_.run(kj::mv(reading)).bytes.size(), 4u);
}

TEST_F(ReceivedBodyTest, EndsAWaitingReader) {
  auto reading = body_.read(100);
  body_.end();
  EXPECT_TRUE(loop_.run(kj::mv(reading)).end);
}

TEST_F(ReceivedBodyTest, BreaksOffAfterWhatWasReceived) {
  add("part");
  body_.breakOff("gone");
  EXPECT_EQ(read(100), "part");
  KJ_IF_MAYBE(error, kj::runCatchingExceptions([this]() { read(100); })) {
    EXPECT_EQ(error->getType(), kj::Exception::Type::DISCONNECTED);
  } else {
    ADD_FAILURE() << "a broken body ended";
  }
}

TEST_F(ReceivedBodyTest, BreaksAWaitingReaderOff) {
  auto reading = body_.read(100);
  body_.breakOff("gone");
  EXPECT_NE(kj::runCatchingExceptions([&]() { loop_.run(kj::mv(reading)); }), nullptr);
}

TEST_F(ReceivedBodyTest, StaysWholeWhenItBreaksAfterItsEnd) {
  add("all");
  body_.end();
  body_.breakOff("too late");
  EXPECT_EQ(read(100), "all|");
}

TEST_F(ReceivedBodyTest, ForgetsAReaderThatIsGone) {
  { auto dropped = body_.read(100); }
  add("kept");
  EXPECT_EQ(read(100), "kept");
}

TEST_F(ReceivedBodyTest, RefusesASecondReaderAtATime) {
  auto first = body_.read(100);
  EXPECT_NE(kj::runCatchingExceptions([this]() { loop_.run(body_.read(100)); }), nullptr);
}

TEST_F(ReceivedBodyTest, KeepsTheOrderOfAMegabyteReadInSmallPieces) {
  std::string sent;
  std::string got;
  for (int i = 0; i < 1000; ++i) {
    std::string piece(1000, static_cast<char>('a' + i % 26));
    add(piece);
    sent += piece;
    got += read(700);
  }
  body_.end();
  std::string last;
  while (!last.ends_with('|'))
    got += last = read(64);
  EXPECT_EQ(got, sent + "|");
}

TEST_F(ReceivedBodyTest, HandsAWholeOneOverAtOnce) {
  add("whole");
  body_.end();
  EXPECT_TRUE(body_.isWhole());
  auto all = body_.takeAll();
  EXPECT_EQ(std::string(all.asChars().begin(), all.size()), "whole");
}

}  // namespace
}  // namespace nano
