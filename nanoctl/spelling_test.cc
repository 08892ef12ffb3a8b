#include "nanoctl/spelling.h"

#include <array>

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr std::array<std::string_view, 4> kKnown = {"name", "routes", "route", "triggers"};

TEST(SpellingTest, FindsWhatWasMeant) {
  EXPECT_EQ(nearest("nmae", kKnown), "name");
  EXPECT_EQ(nearest("nam", kKnown), "name");
  EXPECT_EQ(nearest("trigger", kKnown), "triggers");
  EXPECT_EQ(nearest("rout", kKnown), "route");
  EXPECT_EQ(nearest("Triggrs", kKnown), "triggers");
}

TEST(SpellingTest, MakesNothingOfAnotherWord) {
  for (const char* word : {"", "x", "nope", "kv_namespaces", "names are many"})
    EXPECT_EQ(nearest(word, kKnown), "") << word;
  EXPECT_EQ(nearest(std::string(1000, 'x'), kKnown), "");
}

}  // namespace
}  // namespace nano
