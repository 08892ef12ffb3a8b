#include "protocol/outcome.h"

#include <set>

#include <capnp/schema.h>
#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(OutcomeTest, NamesEveryEnumerantAsTheSchemaDoes) {
  for (auto enumerant : capnp::Schema::from<rpc::Outcome>().getEnumerants()) {
    auto outcome = static_cast<rpc::Outcome>(enumerant.getOrdinal());
    EXPECT_EQ(outcomeName(outcome), enumerant.getProto().getName().cStr());
  }
}

TEST(OutcomeTest, CallsANumberItDoesNotKnowUnknown) {
  EXPECT_EQ(outcomeName(static_cast<rpc::Outcome>(65535)), "unknown");
}

}  // namespace
}  // namespace nano
