#include "supervisor/bounded_json.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(BoundedJsonTest, ParsesJsonAndNothingElse) {
  EXPECT_EQ(parseBoundedJson(R"({"a":[1,2]})")->at("a").size(), 2u);
  for (const char* text : {"", "{", "[1,]", "{} x", "nul", "\"\xff\"", "{'a':1}"}) {
    EXPECT_FALSE(parseBoundedJson(text)) << text;
  }
}

TEST(BoundedJsonTest, RefusesWhatIsNestedTooDeep) {
  EXPECT_TRUE(parseBoundedJson(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(parseBoundedJson(std::string(70, '[') + std::string(70, ']')));
  EXPECT_FALSE(parseBoundedJson(std::string(1'000'000, '[') + std::string(1'000'000, ']')));
}

TEST(BoundedJsonTest, GivesMembersOfTheRightTypeOnly) {
  auto value = *parseBoundedJson(R"({"s":"x","n":5,"negative":-1,"fraction":1.5})");
  EXPECT_EQ(stringMember(value, "s"), "x");
  EXPECT_EQ(stringMember(value, "n"), std::nullopt);
  EXPECT_EQ(numberMember(value, "n", 5), 5u);
  EXPECT_EQ(numberMember(value, "n", 4), std::nullopt);
  EXPECT_EQ(numberMember(value, "negative", 9), std::nullopt);
  EXPECT_EQ(numberMember(value, "fraction", 9), std::nullopt);
  EXPECT_EQ(numberMember(value, "none", 9), std::nullopt);
}

TEST(BoundedJsonTest, WritesBytesThatAreNotUtf8) {
  EXPECT_EQ(jsonLine("a\xff"), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace nano
