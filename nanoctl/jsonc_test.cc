#include "nanoctl/jsonc.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace nano {
namespace {

nlohmann::json parse(std::string_view text) {
  return nlohmann::json::parse(withoutComments(text), nullptr, false);
}

TEST(JsoncTest, LeavesOutCommentsAndTrailingCommas) {
  EXPECT_EQ(parse("{ // one\n \"a\": [1, 2,], /* two\n */ \"b\": 3,\n}"),
            nlohmann::json({{"a", {1, 2}}, {"b", 3}}));
}

TEST(JsoncTest, LeavesStringsAlone) {
  EXPECT_EQ(parse(R"({"url": "http://a/*x*/", "quote": "\"//,]"})"),
            nlohmann::json({{"url", "http://a/*x*/"}, {"quote", "\"//,]"}}));
}

TEST(JsoncTest, KeepsEveryLineWhereItIs) {
  std::string_view text = "{\n/* a\nb */\n\"c\": x\n}";
  EXPECT_EQ(withoutComments(text).find("x"), text.find("x"));
}

TEST(JsoncTest, DoesNotMakeAStrayCommaRight) {
  EXPECT_TRUE(parse("{\"a\": [,1]}").is_discarded());
  EXPECT_TRUE(parse("[1,,]").is_discarded());
}

TEST(JsoncTest, SurvivesWhatNeverEnds) {
  EXPECT_TRUE(parse("{ /* ").is_discarded());
  EXPECT_TRUE(parse("{ \"a\\").is_discarded());
}

}  // namespace
}  // namespace nano
