#include "supervisor/egress/sent_body.h"

#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"

namespace nano {
namespace {

using State = SentBody::Taken::State;

// A source whose pieces the test gives, and curl, which the test plays.
class SentBodyTest : public testing::Test, private SentBody::Owner {
 public:
  ~SentBodyTest() noexcept override {}

 protected:
  SentBody& begin(std::optional<uint64_t> length = std::nullopt) {
    auto source = makeByteSource([this](size_t maxBytes) -> kj::Promise<ByteChunk> {
      asked_ = maxBytes;
      auto pair = kj::newPromiseAndFulfiller<ByteChunk>();
      next_ = kj::mv(pair.fulfiller);
      return kj::mv(pair.promise);
    });
    SentBody::Owner& owner = *this;
    body_ = std::make_unique<SentBody>(OutboundRequest::Stream{kj::mv(source), length}, owner);
    loop_.runOnce();
    return *body_;
  }
  void give(std::string_view text, bool end = false) {
    auto* bytes = reinterpret_cast<const kj::byte*>(text.data());
    next_->fulfill(ByteChunk{kj::heapArray<const kj::byte>(bytes, text.size()), end});
    loop_.runOnce();
  }
  std::string take(size_t room = 100) {
    std::string into(room, '\0');
    auto taken = body_->take(into);
    if (taken.state == State::kWait) return "wait";
    if (taken.state == State::kEnd) return "end";
    return into.substr(0, taken.bytes);
  }

  void bodyReady() override { ++ready_; }
  void bodyBroke(const char* why) override { broke_ = why; }

  EventLoop loop_;
  kj::Own<kj::PromiseFulfiller<ByteChunk>> next_;
  std::unique_ptr<SentBody> body_;
  size_t asked_ = 0;
  int ready_ = 0;
  std::string broke_;
};

TEST_F(SentBodyTest, GivesPieceAfterPieceAndThenTheEnd) {
  SentBody& body = begin();
  EXPECT_EQ(asked_, 32u * 1024u);
  give("abcdef");
  EXPECT_FALSE(body.begun());
  EXPECT_EQ(take(4), "abcd");
  EXPECT_TRUE(body.begun());
  EXPECT_EQ(take(4), "ef");
  EXPECT_EQ(take(), "wait");
  EXPECT_TRUE(body.starved());
  loop_.runOnce();
  give("last", true);
  EXPECT_EQ(ready_, 1);
  EXPECT_EQ(take(), "last");
  EXPECT_FALSE(body.over());
  EXPECT_EQ(take(), "end");
  EXPECT_TRUE(body.over());
}

TEST_F(SentBodyTest, TellsOnlyWhoWasToldToWait) {
  begin();
  give("early");
  EXPECT_EQ(ready_, 0);
}

TEST_F(SentBodyTest, HoldsOnePieceAtATime) {
  begin();
  asked_ = 0;
  give("piece");
  EXPECT_EQ(asked_, 0u);
  take();
  EXPECT_EQ(take(), "wait");
  loop_.runOnce();
  EXPECT_GT(asked_, 0u);
}

// Else more than it said would go unnoticed, and what is sent would look whole.
TEST_F(SentBodyTest, KeepsItsLastPieceUntilTheSourceHasEnded) {
  SentBody& body = begin(5);
  give("ab");
  EXPECT_EQ(take(), "ab");
  EXPECT_EQ(take(), "wait");
  loop_.runOnce();
  give("cde");
  EXPECT_EQ(ready_, 0);
  give("", true);
  EXPECT_EQ(ready_, 1);
  EXPECT_EQ(take(), "cde");
  EXPECT_TRUE(body.over());
}

TEST_F(SentBodyTest, BreaksWhereMoreComesAfterItsLength) {
  begin(5);
  give("abcde");
  EXPECT_EQ(take(), "wait");
  give("f");
  EXPECT_EQ(broke_, "the request's body is longer than it said");
  EXPECT_EQ(ready_, 0);
}

TEST_F(SentBodyTest, BreaksWhereItEndsEarlyWithoutAPiece) {
  begin(5);
  give("abcd");
  EXPECT_EQ(take(), "abcd");
  EXPECT_EQ(take(), "wait");
  loop_.runOnce();
  give("", true);
  EXPECT_EQ(broke_, "the request's body is shorter than it said");
}

TEST_F(SentBodyTest, BreaksWhereItIsLongerOrShorterThanItSaid) {
  begin(3);
  give("abcd");
  EXPECT_EQ(broke_, "the request's body is longer than it said");
  begin(3);
  give("ab", true);
  EXPECT_EQ(broke_, "the request's body is shorter than it said");
}

TEST_F(SentBodyTest, BreaksWithItsSource) {
  begin();
  next_->reject(KJ_EXCEPTION(DISCONNECTED, "gone"));
  loop_.runOnce();
  EXPECT_EQ(broke_, "the request's body broke off");
}

TEST_F(SentBodyTest, StopsPullingWhenItGoes) {
  begin();
  body_.reset();
  loop_.runOnce();
  EXPECT_FALSE(next_->isWaiting());
}

}  // namespace
}  // namespace nano
