#include "protocol/link_census.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

namespace nano {
namespace {

namespace wire = capnp::rpc;

constexpr LinkCensus::Limits kLimits{3, 10'000, 3};

class LinkCensusTest : public testing::Test {
 protected:
  ~LinkCensusTest() noexcept override {}

  // The message under construction; each call starts a new one.
  wire::Message::Builder start() { return builder_.initRoot<wire::Message>(); }
  bool accepts(size_t words = 10) {
    return !census_.received(builder_.getRoot<wire::Message>().asReader(), words);
  }
  void send() { census_.sent(builder_.getRoot<wire::Message>().asReader()); }

  bool acceptsCall(uint32_t id, size_t words = 10) {
    start().initCall().setQuestionId(id);
    return accepts(words);
  }
  bool acceptsFinish(uint32_t id) {
    start().initFinish().setQuestionId(id);
    return accepts();
  }
  void sendReturn(uint32_t id) {
    start().initReturn().setAnswerId(id);
    send();
  }
  // An answer to our question `id` with one capability in it.
  bool acceptsCapability(uint32_t id) {
    auto answer = start().initReturn();
    answer.setAnswerId(id);
    answer.initResults().initCapTable(1)[0].setSenderHosted(id);
    return accepts();
  }
  void sendFinish(uint32_t id, bool stillWaiting) {
    auto finish = start().initFinish();
    finish.setQuestionId(id);
    finish.setReleaseResultCaps(stillWaiting);
    send();
  }

  capnp::MallocMessageBuilder builder_;
  LinkCensus census_{kLimits};
};

TEST_F(LinkCensusTest, CountsACallUntilItIsReturnedAndFinished) {
  EXPECT_TRUE(acceptsCall(1));
  sendReturn(1);
  EXPECT_EQ(census_.openCalls(), 1u);
  EXPECT_TRUE(acceptsFinish(1));
  EXPECT_EQ(census_.openCalls(), 0u);
}

TEST_F(LinkCensusTest, RefusesOneCallTooMany) {
  for (uint32_t id = 0; id < kLimits.openCalls; ++id)
    EXPECT_TRUE(acceptsCall(id));
  EXPECT_FALSE(acceptsCall(9));
}

TEST_F(LinkCensusTest, CountsLargeParametersUntilTheReturn) {
  EXPECT_TRUE(acceptsCall(1, 6'000));
  sendReturn(1);
  EXPECT_TRUE(acceptsCall(2, 6'000));
  EXPECT_FALSE(acceptsCall(3, 6'000));
}

TEST_F(LinkCensusTest, CountsCapabilitiesUntilTheyAreReleased) {
  for (uint32_t id = 0; id < kLimits.imports; ++id)
    EXPECT_TRUE(acceptsCapability(id));
  auto release = start().initRelease();
  release.setId(0);
  release.setReferenceCount(1);
  send();
  EXPECT_EQ(census_.imports(), kLimits.imports - 1);
  EXPECT_TRUE(acceptsCapability(8));
  EXPECT_FALSE(acceptsCapability(9));
}

TEST_F(LinkCensusTest, DoesNotCountWhatAnAbandonedQuestionBrings) {
  for (uint32_t id = 0; id < 100; ++id) {
    sendFinish(id, true);
    EXPECT_TRUE(acceptsCapability(id));
  }
  EXPECT_EQ(census_.imports(), 0u);
}

TEST_F(LinkCensusTest, CountsWhatAnAnsweredQuestionBrought) {
  EXPECT_TRUE(acceptsCapability(1));
  sendFinish(1, false);
  EXPECT_TRUE(acceptsCapability(1));
  EXPECT_EQ(census_.imports(), 2u);
}

TEST_F(LinkCensusTest, CountsWhatAResolvedPromiseTurnsOutToBe) {
  start().initResolve().initCap().setSenderHosted(4);
  EXPECT_TRUE(accepts());
  EXPECT_EQ(census_.imports(), 1u);
}

}  // namespace
}  // namespace nano
