#include "nanoctl/dev_vars.h"

#include <gmock/gmock.h>

#include "nanoctl/app_folder_fixture.h"

namespace nano {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

Result<DevVars> read(const std::string& text) {
  AppFolder folder;
  folder.write(".dev.vars", text);
  return readDevVars(folder.path());
}

std::string valueOf(const std::string& line) {
  auto vars = read(line);
  if (!vars.ok()) return vars.failure().message;
  return vars.value().vars.size() == 1 ? vars.value().vars[0].second : "(no variable)";
}

std::string failureOf(const std::string& text) {
  auto vars = read(text);
  return vars.ok() ? "(no failure)" : vars.failure().message;
}

TEST(DevVarsTest, ReadsNamesAndValuesAsDotenvDoes) {
  EXPECT_EQ(valueOf("A=b"), "b");
  EXPECT_EQ(valueOf("  A =  b c  "), "b c");
  EXPECT_EQ(valueOf("export A=b\r\n"), "b");
  EXPECT_EQ(valueOf("A="), "");
  EXPECT_EQ(valueOf("A=b=c"), "b=c");
  EXPECT_EQ(valueOf("A=b # why"), "b");
  EXPECT_EQ(valueOf("A={\"x\": \"y\"}"), "{\"x\": \"y\"}");
  EXPECT_EQ(valueOf("\xef\xbb\xbf"
                    "A=b"),
            "b");
  EXPECT_EQ(valueOf("exported=1"), "1");
}

TEST(DevVarsTest, ReadsQuotedValues) {
  EXPECT_EQ(valueOf("A='b # c'  # why"), "b # c");
  EXPECT_EQ(valueOf("A=\"b\\nc\""), "b\nc");
  EXPECT_EQ(valueOf("A='b\\nc'"), "b\\nc");
  EXPECT_EQ(valueOf("A=`it's \"b\"`"), "it's \"b\"");
  EXPECT_EQ(valueOf("A=\"say \\\"b\\\"\""), "say \\\"b\\\"");
  EXPECT_EQ(valueOf("A=''"), "");
  EXPECT_EQ(valueOf("A=\"-----BEGIN\nx=\r\n-----END\"\n"), "-----BEGIN\nx=\n-----END");
}

TEST(DevVarsTest, TheLastOfTwoVariablesCounts) {
  auto vars = read("# both\n\nA=1\nB='\n'\nA=2\n").value();
  EXPECT_EQ(vars.file, ".dev.vars");
  EXPECT_THAT(vars.vars, ElementsAre(Pair("B", "\n"), Pair("A", "2")));
  EXPECT_EQ(namesOf(vars), "B, A");
}

TEST(DevVarsTest, SaysInWhichLineSomethingIsWrong) {
  EXPECT_THAT(failureOf("A=1\n\nsecret\n"), StartsWith(".dev.vars:3: there is no `=`"));
  EXPECT_THAT(failureOf("secret\n"), Not(HasSubstr("secret")));
  EXPECT_THAT(failureOf("MY-KEY=1"),
              StartsWith(".dev.vars:1: what stands before `=` cannot be a variable's name"));
  EXPECT_THAT(failureOf("1A=1"), StartsWith(".dev.vars:1: what stands before"));
  EXPECT_THAT(failureOf("=1"), StartsWith(".dev.vars:1: what stands before"));
  EXPECT_EQ(failureOf("A='\n'\nB=\"b\nC=d\n"),
            ".dev.vars:3: the value of B begins with \", and nothing closes it");
  EXPECT_THAT(failureOf("A='b\nc'd"), StartsWith(".dev.vars:2: behind the closing ' of A"));
}

TEST(DevVarsTest, TakesDotEnvWhereThereIsNoDevVars) {
  AppFolder folder;
  EXPECT_EQ(readDevVars(folder.path()).value().file, "");
  folder.write(".env", "A=env");
  EXPECT_THAT(readDevVars(folder.path()).value().vars, ElementsAre(Pair("A", "env")));
  EXPECT_EQ(devVarsFile(folder.path()), ".env");
  folder.write(".dev.vars", "B=dev");
  EXPECT_THAT(readDevVars(folder.path()).value().vars, ElementsAre(Pair("B", "dev")));
}

}  // namespace
}  // namespace nano
