#include "protocol/app_limits.h"

#include <fstream>
#include <iterator>
#include <set>

#include <capnp/message.h>
#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(AppLimitsTest, AnAppThatAsksForNothingGetsTheUsualValues) {
  const AppLimits limits;
  EXPECT_EQ(limits.time(rpc::Limit::CPU), std::chrono::seconds(1));
  EXPECT_EQ(limits.bytes(rpc::Limit::HEAP), size_t{128} << 20);
  for (const LimitRow& row : limitTable())
    EXPECT_EQ(limits.get(row.limit), row.usual) << row.key;
}

TEST(AppLimitsTest, EveryRowIsFoundByItsKeyAndItsUsualValueIsAllowed) {
  std::set<std::string_view> keys;
  for (const LimitRow& row : limitTable()) {
    EXPECT_EQ(findLimit(row.key), &row);
    EXPECT_EQ(&limitRow(row.limit), &row);
    EXPECT_LE(row.least, row.usual) << row.key;
    EXPECT_LE(row.usual, row.most) << row.key;
    EXPECT_TRUE(keys.insert(row.key).second) << row.key;
  }
  EXPECT_EQ(findLimit("cpu"), nullptr);
  EXPECT_EQ(findLimit(rpc::Limit::NONE), nullptr);
  EXPECT_EQ(findLimit(static_cast<rpc::Limit>(999)), nullptr);
}

TEST(AppLimitsTest, ABreachSaysLimitValueAndUse) {
  EXPECT_EQ(describeBreach({rpc::Limit::CPU, 1000, 1003}),
            "limits.cpu_ms: 1000 ms allowed, 1003 ms used");
  EXPECT_EQ(describeBreach({}), "");
}

TEST(AppLimitsTest, ABreachOfANewerBuildIsReadAsNone) {
  capnp::MallocMessageBuilder message;
  auto breach = message.initRoot<rpc::LimitBreach>();
  write({rpc::Limit::HEAP, 128, 130}, breach);
  EXPECT_EQ(describeBreach(readBreach(breach)), "limits.heap_mb: 128 MB allowed, 130 MB used");
  breach.setLimit(static_cast<rpc::Limit>(999));
  EXPECT_FALSE(readBreach(breach));
}

TEST(AppLimitsTest, EveryLimitIsInTheDocumentation) {
  std::ifstream file(NANO_DOCS "/limits.md");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (const LimitRow& row : limitTable()) {
    auto cell = [&row](uint64_t value) {
      return std::to_string(value) + " " + std::string(unitName(row.unit)) + " | ";
    };
    std::string line = "\n| `" + std::string(row.key) + "` | " + cell(row.usual) + cell(row.most) +
                       cell(row.least) + std::string(row.meaning) + " |\n";
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace nano
