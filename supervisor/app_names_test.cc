#include "supervisor/app_names.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(AppNamesTest, AcceptsWhatCanBeADirectoryAndAHostLabel) {
  for (const char* name : {"a", "0", "shop", "my-app_2", "a--b"}) {
    EXPECT_EQ(nameProblem(name), std::nullopt) << name;
  }
  EXPECT_EQ(nameProblem(std::string(63, 'a')), std::nullopt);
}

// Hostile case D07.
TEST(AppNamesTest, RefusesNamesThatCouldLeaveTheirDirectory) {
  for (const char* name :
       {"", "../x", "a/b", ".", "..", "A", "a.b", "-a", "_a", "a b", "a\n", "\xc3\xa9"}) {
    EXPECT_NE(nameProblem(name), std::nullopt) << name;
  }
  EXPECT_NE(nameProblem(std::string(64, 'a')), std::nullopt);
  EXPECT_NE(nameProblem(std::string(300, 'a')), std::nullopt);
  EXPECT_NE(nameProblem(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(AppNamesTest, AcceptsRelativeModulePaths) {
  for (const char* path : {"index.js", "src/lib/a.js", "a b.txt", "...", "a..b",
                           "gr\xc3\xb6\xc3\x9f"
                           "e.txt"}) {
    EXPECT_EQ(modulePathProblem(path), std::nullopt) << path;
  }
  EXPECT_EQ(modulePathProblem(std::string(255, 'a')), std::nullopt);
  EXPECT_EQ(modulePathProblem("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"), std::nullopt);
}

TEST(AppNamesTest, RefusesModulePathsThatAreNotPlainAndBelow) {
  for (const char* path :
       {"", "/a", "a/", "a//b", ".", "./a", "a/..", "../a", "a/../b", "a\\b", "a\nb", "\x7f",
        "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xc3"}) {
    EXPECT_NE(modulePathProblem(path), std::nullopt) << path;
  }
  EXPECT_NE(modulePathProblem(std::string(256, 'a')), std::nullopt);
  EXPECT_NE(modulePathProblem("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"), std::nullopt);
  EXPECT_NE(modulePathProblem(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(AppNamesTest, QuotesWhatAClientSentWithoutItsControlCharacters) {
  EXPECT_EQ(inQuotes("a\nb\x1b"), "'a?b?'");
  EXPECT_EQ(inQuotes(std::string(100, 'x')), "'" + std::string(80, 'x') + "...'");
}

}  // namespace
}  // namespace nano
