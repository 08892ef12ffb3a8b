#include "snapshot/ops/iso_2022_jp.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

std::vector<std::byte> bytesOf(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

// In two parts, the first of `split` bytes.
std::pair<std::u16string, bool> decode(std::string_view text, size_t split) {
  auto first = decodeIso2022Jp(bytesOf(text.substr(0, split)), LegacyEnd::kMoreToCome, 0);
  if (!first) return {u"no converter", true};
  auto rest = decodeIso2022Jp(bytesOf(text.substr(split)), LegacyEnd::kEndOfText, first->state);
  if (!rest) return {u"no converter", true};
  EXPECT_EQ(first->unfinishedBytes, 0u);
  return {first->units + rest->units, first->isMalformed || rest->isMalformed};
}

void expect(std::string_view text, std::u16string_view units) {
  const bool isMalformed = units.find(u'\uFFFD') != std::u16string_view::npos;
  for (size_t split = 0; split <= text.size(); ++split) {
    const auto [made, malformed] = decode(text, split);
    EXPECT_EQ(made, units) << text << " split at " << split;
    EXPECT_EQ(malformed, isMalformed) << text;
  }
}

TEST(Iso2022JpTest, SwitchesItsCharacterSets) {
  expect("a\\~\x7F", u"a\\~\x7F");
  expect("\x1B(J\\~]", u"\u00A5\u203E]");
  expect("\x1B(I\x21\x5F", u"\uFF61\uFF9F");
  expect("\x1B$@PP\x1B$B$\"\x1B(Ba", u"\u4F69\u3042a");
  expect("\x1B(B", u"");
  expect("", u"");
}

TEST(Iso2022JpTest, HasWhatTheStandardHasBesideJisX0208) {
  // A row of NEC's, and one of those that IBM chose.
  expect("\x1B$B\x2D\x21\x79\x21", u"\u2460\u7E8A");
  expect("\x1B$B\x7E\x7E", u"\uFFFD");
}

TEST(Iso2022JpTest, ReplacesWhatIsNoCharacter) {
  expect("\x0D\x0E\x0F\x80", u"\x0D\uFFFD\uFFFD\uFFFD");
  expect("\x1B(I\x60\x20", u"\uFFFD\uFFFD");
  expect("\x1B$B\x20P", u"\uFFFD\uFFFD");
  expect("\x1B$BP\x20PP", u"\uFFFD\u4F69");
  expect("\x1B$BP\x1B$BPP", u"\uFFFD\u4F69");
}

TEST(Iso2022JpTest, TakesAnEscapeThatIsNoneForText) {
  expect("\x1B", u"\uFFFD");
  expect("P\x1B$", u"P\uFFFD$");
  expect("\x1BP", u"\uFFFDP");
  expect("\x1B(Q", u"\uFFFD(Q");
  // What follows is read in the set that is in force.
  expect("\x1B(I\x1B$P", u"\uFFFD\uFF64\uFF90");
  expect("\x1B$@\x1B$P", u"\uFFFD\u3070");
  expect("\x1B$@\x1B$", u"\uFFFD\uFFFD");
  expect("\x1B$(D", u"\uFFFD$(D");
}

TEST(Iso2022JpTest, RefusesAnEscapeRightBehindAnother) {
  expect("\x1B(B\x1B(BP", u"\uFFFDP");
  expect("\x1B$@\x1B$@", u"\uFFFD");
  expect("\x1B(J\x1B\x1B(IP", u"\uFFFD\uFF90");
}

TEST(Iso2022JpTest, TakesAnyNumberForAState) {
  for (uint32_t state = 0; state < 1U << 16; state += 7) {
    EXPECT_TRUE(decodeIso2022Jp(bytesOf("a$\x1B("), LegacyEnd::kEndOfText, state).has_value());
  }
}

}  // namespace
}  // namespace nano
