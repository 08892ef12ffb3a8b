#include "supervisor/located_json.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

LocatedJson parsed(const std::string& text) {
  auto result = parseLocatedJson(text);
  if (auto* why = std::get_if<std::string>(&result)) ADD_FAILURE() << *why;
  return std::get<LocatedJson>(std::move(result));
}

std::string problemOf(const std::string& text) {
  auto result = parseLocatedJson(text);
  auto* why = std::get_if<std::string>(&result);
  return why == nullptr ? "" : *why;
}

TEST(LocatedJsonTest, KnowsTheLineOfEveryKey) {
  LocatedJson root =
      parsed("// one\n{\n  \"a\": 1, /* and\n */ \"b\": {\n    \"c\": \"x\"\n}\n}\n");
  ASSERT_EQ(root.members.size(), 2u);
  EXPECT_EQ(root.members[0].key, "a");
  EXPECT_EQ(root.members[0].value.line, 3u);
  EXPECT_EQ(root.members[0].value.number, 1u);
  const LocatedJson& b = root.members[1].value;
  EXPECT_EQ(b.line, 4u);
  ASSERT_EQ(b.members.size(), 1u);
  EXPECT_EQ(b.members[0].value.line, 5u);
  EXPECT_EQ(b.members[0].value.text, "x");
}

TEST(LocatedJsonTest, TakesOnlyWholeNumbersAsNumbers) {
  for (const char* value :
       {"-1", "1.5", "1e3", "null", "true", "[1, {\"a\": 2}]", "99999999999999999999"}) {
    LocatedJson root = parsed(std::string("{\"a\": ") + value + "}");
    EXPECT_EQ(root.members[0].value.kind, LocatedJson::Kind::kOther) << value;
  }
}

TEST(LocatedJsonTest, SaysInWhichLineTheFileIsWrong) {
  EXPECT_EQ(problemOf("{\n  \"a\": 1,\n  \"a\": 2\n}"), "3: 'a' is there twice");
  EXPECT_EQ(problemOf("{\n\n  \"a\": oops\n}").substr(0, 13), "3: not JSON: ");
  EXPECT_EQ(problemOf("{\n  /* open").substr(0, 13), "2: not JSON: ");
  EXPECT_EQ(problemOf("").substr(0, 13), "1: not JSON: ");
  EXPECT_EQ(problemOf("[]"), "1: the file must hold one object");
  EXPECT_EQ(problemOf("{} {}").substr(0, 13), "1: not JSON: ");
}

TEST(LocatedJsonTest, RefusesDeepNestingBeforeItCostsStack) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    deep += "{\"a\":";
  EXPECT_EQ(problemOf(deep), "1: it nests too deep");
  EXPECT_EQ(problemOf("{\"a\":" + std::string(100'000, '[')), "1: it nests too deep");
}

}  // namespace
}  // namespace nano
