#include "snapshot/plain_text.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(PlainTextTest, LeavesCommentsAndIndentationOutAndTheNumbersOfLines) {
  EXPECT_EQ(plainText("// one\n/**\n * two\n */\nf();  // stays\n  if (a) {\n\tb();\n  }\n"),
            "\n\n\n\nf();  // stays\nif (a) {\nb();\n}\n");
  EXPECT_EQ(plainText("/* a */ f();\n/* b\n c */ g();"), "f();\n\ng();");
}

TEST(PlainTextTest, KeepsWhatOnlyLooksLikeAComment) {
  EXPECT_EQ(plainText("const a = 'x'; // '\nconst url = 'http://b'; /c*/.exec(url);"),
            "const a = 'x'; // '\nconst url = 'http://b'; /c*/.exec(url);");
  EXPECT_EQ(plainText("class A {\n  *entries() {}\n}"), "class A {\n*entries() {}\n}");
}

TEST(PlainTextTest, TouchesNoTextWithAStringOverSeveralLines) {
  const std::string_view kTemplate = "  const a = `\n  // not a comment\n`;\n";
  EXPECT_EQ(plainText(kTemplate), kTemplate);
  const std::string_view kContinued = "  const a = '\\\n  // not a comment';\n";
  EXPECT_EQ(plainText(kContinued), kContinued);
}

}  // namespace
}  // namespace nano
