#include "supervisor/flags_help.h"

#include <algorithm>

#include <gflags/gflags.h>
#include <gtest/gtest.h>

#include "supervisor/flags.h"

namespace nano {
namespace {

TEST(FlagsTest, AWordThatIsNoFlagIsNamed) {
  std::string program = "nanod";
  std::string word = "serve";
  char* words[] = {program.data(), word.data(), nullptr};
  auto read = readFlags(2, words);
  ASSERT_TRUE(std::holds_alternative<std::string>(read));
  EXPECT_EQ(std::get<std::string>(read), "nanod takes flags only; 'serve' is none");
}

TEST(FlagsHelpTest, HasEveryFlagOfNanodOnceAndNoOther) {
  const std::string text = flagsHelp();
  std::vector<gflags::CommandLineFlagInfo> flags;
  gflags::GetAllFlags(&flags);
  size_t own = 0;
  for (auto& flag : flags) {
    if (!flag.filename.ends_with("supervisor/flags.cc")) continue;
    own++;
    std::string name = flag.name;
    std::replace(name.begin(), name.end(), '_', '-');
    const std::string line = "\n  --" + name + "=" + flag.default_value + "\n";
    const size_t at = text.find(line);
    ASSERT_NE(at, std::string::npos) << line;
    EXPECT_EQ(text.find(line, at + 1), std::string::npos) << line;
  }
  EXPECT_GT(own, 10U);
  size_t shown = 0;
  for (size_t at = 0; (at = text.find("\n  --", at)) != std::string::npos; at++)
    shown++;
  EXPECT_EQ(shown, own);
}

TEST(FlagsHelpTest, FitsIntoATerminal) {
  const std::string text = flagsHelp();
  for (size_t at = 0, end; at < text.size(); at = end + 1) {
    end = text.find('\n', at);
    EXPECT_LE(end - at, 88U) << text.substr(at, end - at);
  }
}

}  // namespace
}  // namespace nano
