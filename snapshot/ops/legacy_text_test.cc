#include "snapshot/ops/legacy_text.h"

#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

std::vector<std::byte> bytesOf(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

std::u16string decode(std::string_view encoding, std::string_view bytes) {
  auto text = decodeLegacyText(encoding, bytesOf(bytes), LegacyEnd::kEndOfText);
  return text ? text->units : u"no such encoding";
}

size_t unfinished(std::string_view encoding, std::string_view bytes) {
  auto text = decodeLegacyText(encoding, bytesOf(bytes), LegacyEnd::kMoreToCome);
  return text ? text->unfinishedBytes : SIZE_MAX;
}

TEST(LegacyTextTest, DecodesEachFamily) {
  EXPECT_EQ(decode("windows-1252", "a\x80\xE9"), u"a\u20AC\u00E9");
  EXPECT_EQ(decode("koi8-r", "\xC1\xC2"), u"\u0430\u0431");
  EXPECT_EQ(decode("macintosh", "\xDB"), u"\u20AC");
  EXPECT_EQ(decode("utf-16le", std::string_view("a\0\x3D\xD8\x00\xDE", 6)), u"a\U0001F600");
  EXPECT_EQ(decode("utf-16be", std::string_view("\0a\xD8\x3D\xDE\x00", 6)), u"a\U0001F600");
  EXPECT_EQ(decode("gbk", "\xC4\xE3"), u"\u4F60");
  EXPECT_EQ(decode("gb18030", "\x90\x30\x81\x30"), u"\U00010000");
  EXPECT_EQ(decode("big5", "\xA7\x41"), u"\u4F60");
  EXPECT_EQ(decode("euc-kr", "\x81\x41\xB0\xA1"), u"\uAC02\uAC00");
  EXPECT_EQ(decode("euc-jp", "\xA4\xA2\x8E\xB1\x8F\xB0\xA1"), u"\u3042\uFF71\u4E02");
  EXPECT_EQ(decode("shift_jis", "\x82\xA0\xB1\x5C"), u"\u3042\uFF71\\");
  EXPECT_EQ(decode("iso-2022-jp", "\x1B$B$\"\x1B(Ba"), u"\u3042a");
  EXPECT_EQ(decode("x-user-defined", "a\x80\xFF"), u"a\uF780\uF7FF");
  EXPECT_EQ(decode("utf-7", "a"), u"no such encoding");
}

TEST(LegacyTextTest, FollowsTheStandardWhereIcuHasAnotherTable) {
  EXPECT_EQ(decode("ibm866", "\x1A\x1C\x7F"), u"\x1A\x1C\x7F");
  EXPECT_EQ(decode("shift_jis", "\x1A\x1C\x7F"), u"\x1A\x1C\x7F");
  EXPECT_EQ(decode("koi8-u", "\xAE\xBE"), u"\u045E\u040E");
  EXPECT_EQ(decode("windows-874", "\xA1\xDB\xFF"), u"\u0E01\uFFFD\uFFFD");
  EXPECT_EQ(decode("windows-1253", "\xAA"), u"\uFFFD");
  EXPECT_EQ(decode("windows-1255", "\xCA\xD9"), u"\u05BA\uFFFD");
  EXPECT_EQ(decode("iso-8859-16", "\x41\xA1\xFF"), u"A\u0104\u00FF");
}

TEST(LegacyTextTest, SaysWhatWasNoCharacter) {
  auto isMalformed = [](std::string_view encoding, std::string_view bytes) {
    return decodeLegacyText(encoding, bytesOf(bytes), LegacyEnd::kEndOfText)->isMalformed;
  };
  EXPECT_TRUE(isMalformed("windows-1253", "\xAA"));
  EXPECT_FALSE(isMalformed("windows-1255", "\xCA"));
  EXPECT_TRUE(isMalformed("windows-1255", "\xD9"));
  EXPECT_TRUE(isMalformed("gbk", "\xC4"));
  EXPECT_FALSE(isMalformed("gbk", "\xC4\xE3"));
  EXPECT_TRUE(isMalformed("utf-16le", std::string_view("\x00\xDC", 2)));
  // What is ASCII after a lead byte is itself again.
  EXPECT_EQ(decode("gbk", "\xC4\x21"), u"\uFFFD!");
  EXPECT_EQ(decode("big5", "\x81\x41\x81\x80"), u"\uFFFD\x41\uFFFD");
  EXPECT_EQ(decode("shift_jis", "\x81\x30\xFD\x80"), u"\uFFFD0\uFFFD\x80");
  EXPECT_EQ(decode("euc-kr", "\xC9\xA1\xFF"), u"\uFFFD\uFFFD");
}

TEST(LegacyTextTest, LeavesTheBeginningOfACharacterForTheNextPart) {
  EXPECT_EQ(unfinished("gb18030", "a\x90\x30\x81"), 3u);
  EXPECT_EQ(unfinished("shift_jis", "\x82"), 1u);
  EXPECT_EQ(unfinished("utf-16le", std::string_view("\x3D\xD8", 2)), 2u);
  EXPECT_EQ(unfinished("utf-16le", std::string_view("\x3D\xD8\x00", 3)), 3u);
  EXPECT_EQ(unfinished("windows-1252", "\x80"), 0u);
}

TEST(LegacyTextTest, DecodesWhatIsTwoCharacters) {
  // A letter and a mark above it, which have no character together.
  EXPECT_EQ(decode("big5", "\x88\x62\x88\xA5"), u"\u00CA\u0304\u00EA\u030C");
  EXPECT_EQ(decode("gb18030", ""), u"");
}

}  // namespace
}  // namespace nano
