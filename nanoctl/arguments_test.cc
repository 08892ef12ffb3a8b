#include "nanoctl/arguments.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr FlagSpec kSpecs[] = {{"name"},
                               {"long-name"},
                               {"host", FlagSpec::Takes::kValue, FlagSpec::Times::kMany},
                               {"follow", FlagSpec::Takes::kNothing}};

Result<Arguments> parse(std::vector<std::string> words) { return Arguments::parse(words, kSpecs); }

TEST(ArgumentsTest, TakesAValueAfterAnEqualsSignOrAsTheNextWord) {
  EXPECT_EQ(parse({"--name=a"}).value().get("name"), "a");
  EXPECT_EQ(parse({"--name", "b"}).value().get("name"), "b");
}

TEST(ArgumentsTest, KeepsEveryValueOfAFlagThatMayComeOften) {
  auto arguments = parse({"dir", "--host", "a", "--host=b"}).value();
  EXPECT_EQ(arguments.all("host"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(arguments.positional(), std::vector<std::string>{"dir"});
}

TEST(ArgumentsTest, NamesWhatIsWrong) {
  EXPECT_EQ(parse({"--nmae=a"}).failure().message, "unknown flag --nmae=a (is --name meant?)");
  EXPECT_EQ(parse({"--colour=a"}).failure().message, "unknown flag --colour=a");
  EXPECT_EQ(parse({"--name"}).failure().message, "--name needs a value");
  EXPECT_EQ(parse({"--name=a", "--name=b"}).failure().message, "--name is given twice");
  EXPECT_EQ(parse({"--follow=1"}).failure().message, "--follow takes no value");
}

TEST(ArgumentsTest, TakesBothSpellingsOfAFlagsName) {
  for (const char* word : {"--long-name=a_b", "--long_name=a_b"})
    EXPECT_EQ(parse({word}).value().get("long-name"), "a_b") << word;
  EXPECT_EQ(parse({"--long-name=a", "--long_name=b"}).failure().message,
            "--long-name is given twice");
}

TEST(ArgumentsTest, TakesADashAndWhatFollowsTwoDashesAsWords) {
  EXPECT_EQ(parse({"-"}).value().positional(), std::vector<std::string>{"-"});
  EXPECT_EQ(parse({"--", "--name"}).value().positional(), std::vector<std::string>{"--name"});
}

}  // namespace
}  // namespace nano
