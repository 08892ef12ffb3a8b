#include "supervisor/outcome_reply.h"

#include <set>

#include <capnp/schema.h>
#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(OutcomeReplyTest, GivesEveryOutcomeAnErrorStatusAndASentence) {
  for (auto enumerant : capnp::Schema::from<rpc::Outcome>().getEnumerants()) {
    auto reply = replyTo({static_cast<rpc::Outcome>(enumerant.getOrdinal())});
    EXPECT_GE(reply.status, 400) << enumerant.getProto().getName().cStr();
    EXPECT_FALSE(reply.sentence.empty());
  }
}

TEST(OutcomeReplyTest, TellsLimitsApartByStatus) {
  EXPECT_EQ(replyTo({rpc::Outcome::EXCEEDED_CPU}).status, 503);
  EXPECT_EQ(replyTo({rpc::Outcome::EXCEEDED_WALL_TIME}).status, 504);
  EXPECT_EQ(replyTo({rpc::Outcome::WORKER_DIED}).status, 502);
  EXPECT_EQ(replyTo({rpc::Outcome::SCRIPT_NOT_FOUND}).status, 404);
  EXPECT_EQ(replyTo({rpc::Outcome::EXCEPTION}).status, 500);
}

TEST(OutcomeReplyTest, TreatsAnEnumerantFromANewerWorkerAsAnInternalError) {
  EXPECT_EQ(replyTo({static_cast<rpc::Outcome>(4711)}).status, 500);
}

TEST(OutcomeReplyTest, PrintsTheOutcomeTheLimitAndTheRequestAndNothingElse) {
  EXPECT_EQ(outcomeBody({rpc::Outcome::WORKER_DIED}, "00c0ffee"),
            "The process that ran the app ended before it answered.\n"
            "outcome: workerDied\n"
            "request: 00c0ffee\n");
  EXPECT_EQ(outcomeBody({rpc::Outcome::EXCEEDED_CPU, {rpc::Limit::CPU, 1000, 1003}}, "00c0ffee"),
            "The app used more CPU time than its limit allows.\n"
            "outcome: exceededCpu\n"
            "limit: limits.cpu_ms: 1000 ms allowed, 1003 ms used\n"
            "request: 00c0ffee\n");
}

}  // namespace
}  // namespace nano
