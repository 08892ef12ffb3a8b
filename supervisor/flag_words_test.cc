#include "supervisor/flag_words.h"

#include <fstream>
#include <vector>

#include <gtest/gtest.h>

#include "supervisor/flags.h"
#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

// What readFlags() says, which ends the process where gflags finds something first.
std::string problemOf(std::vector<std::string> words) {
  words.insert(words.begin(), "nanod");
  std::vector<char*> argv;
  for (auto& word : words)
    argv.push_back(word.data());
  auto read = readFlags(static_cast<int>(argv.size()), argv.data());
  auto* problem = std::get_if<std::string>(&read);
  return problem == nullptr ? "" : *problem;
}

std::string problemOfFile(const std::string& text) {
  TemporaryDirectory directory;
  const std::string path = directory.below("nanod.flags");
  std::ofstream(path) << text;
  std::string problem = problemOf({"--flagfile=" + path});
  return problem.starts_with(path) ? problem.substr(path.size()) : problem;
}

TEST(FlagWordsTest, NamesAFlagThatThereIsNot) {
  EXPECT_EQ(problemOf({"--maxworkers=4"}),
            "there is no flag '--maxworkers'; nanod --help shows those that are");
  EXPECT_EQ(problemOf({"--http=127.0.0.1:1", "-x"}),
            "there is no flag '--x'; nanod --help shows those that are");
}

TEST(FlagWordsTest, NamesTheLineOfAFlagFile) {
  EXPECT_EQ(problemOfFile("# a comment\n\n  --http=127.0.0.1:1\nfrontends=2\n"),
            ":4: 'frontends=2' is no flag: a line is a comment that begins with #, or a flag like "
            "--frontends=2");
  EXPECT_EQ(problemOfFile("--front-end=2\n"),
            ":1: there is no flag '--front-end'; nanod --help shows those that are");
  EXPECT_EQ(problemOf({"--flagfile=/nonexistent/flags"}),
            "--flagfile: /nonexistent/flags cannot be read");
}

TEST(FlagWordsTest, LeavesAloneWhatGflagsKnows) {
  char* words[] = {const_cast<char*>("--http"),
                   const_cast<char*>("127.0.0.1:1"),
                   const_cast<char*>("--worker_memory-mb=200"),
                   const_cast<char*>("--notest_scheduled"),
                   const_cast<char*>("--undefok=x"),
                   const_cast<char*>("--"),
                   const_cast<char*>("--what=ever")};
  EXPECT_EQ(flagWordsProblem(words), std::nullopt);
}

}  // namespace
}  // namespace nano
