#include "nanoctl/terminal_text.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(TerminalTextTest, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(terminalText("a\tb ü €", "  "), "a\tb ü €");
}

TEST(TerminalTextTest, ShowsControlCharactersInsteadOfSendingThem) {
  EXPECT_EQ(terminalText("\x1b[2J\r\a\x7f", ""), "\\x1b[2J\\x0d\\x07\\x7f");
  EXPECT_EQ(terminalText(std::string_view("a\0b", 3), ""), "a\\x00b");
  EXPECT_EQ(terminalText("\xc2\x9b"
                         "2J",
                         ""),
            "\\x9b2J");
}

TEST(TerminalTextTest, IndentsEveryFurtherLine) {
  EXPECT_EQ(terminalText("one\ntwo\nthree", "  "), "one\n  two\n  three");
}

}  // namespace
}  // namespace nano
