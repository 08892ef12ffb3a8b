#include "supervisor/located_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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
  for (const char* value : {"-1", "1.5", "1e3", "null", "99999999999999999999"}) {
    LocatedJson root = parsed(std::string("{\"a\": ") + value + "}");
    EXPECT_EQ(root.members[0].value.kind, LocatedJson::Kind::kOther) << value;
  }
}

TEST(LocatedJsonTest, KnowsTheLineOfEveryElementOfAList) {
  LocatedJson root = parsed("{\n\"a\": [\n1\n,\n\"x\", true,\n[\n], {\"b\":\n[false]}]\n}");
  const LocatedJson& list = root.members[0].value;
  ASSERT_EQ(list.kind, LocatedJson::Kind::kList);
  ASSERT_EQ(list.elements.size(), 5u);
  EXPECT_EQ(list.elements[0].number, 1u);
  EXPECT_EQ(list.elements[0].line, 3u);
  EXPECT_EQ(list.elements[1].text, "x");
  EXPECT_EQ(list.elements[1].line, 5u);
  EXPECT_EQ(list.elements[2].kind, LocatedJson::Kind::kBoolean);
  EXPECT_EQ(list.elements[2].number, 1u);
  EXPECT_EQ(list.elements[3].kind, LocatedJson::Kind::kList);
  EXPECT_EQ(list.elements[3].line, 6u);
  EXPECT_EQ(list.elements[4].line, 7u);
  const LocatedJson& inner = list.elements[4].members[0].value;
  ASSERT_EQ(inner.elements.size(), 1u);
  EXPECT_EQ(inner.elements[0].number, 0u);
}

TEST(LocatedJsonTest, RefusesMoreValuesThanAnybodyNeeds) {
  std::string many = "{\"a\": [0";
  for (size_t i = 0; i < kMaxLocatedValues; ++i)
    many += ",0";
  EXPECT_EQ(problemOf(many + "]}"), "1: it has more than 500000 values");
}

TEST(LocatedJsonTest, ReadsJsonFromElsewhereInTheSameForm) {
  auto json = nlohmann::json::parse(R"({"a": [1, "x", true, null], "b": {"c": -1}})");
  auto converted = locatedJson(json, 100);
  const auto& root = std::get<LocatedJson>(converted);
  EXPECT_EQ(root.line, 0u);
  ASSERT_EQ(root.members.size(), 2u);
  const LocatedJson& list = root.members[0].value;
  ASSERT_EQ(list.elements.size(), 4u);
  EXPECT_EQ(list.elements[0].number, 1u);
  EXPECT_EQ(list.elements[1].text, "x");
  EXPECT_EQ(list.elements[2].number, 1u);
  EXPECT_EQ(list.elements[3].kind, LocatedJson::Kind::kOther);
  EXPECT_EQ(root.members[1].value.members[0].value.kind, LocatedJson::Kind::kOther);
  EXPECT_TRUE(std::holds_alternative<LocatedJson>(locatedJson(json, 8)));
  EXPECT_TRUE(std::holds_alternative<std::string>(locatedJson(json, 7)));
  auto deep = nlohmann::json::parse(std::string(17, '[') + std::string(17, ']'));
  EXPECT_TRUE(std::holds_alternative<std::string>(locatedJson(deep, 100)));
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
