#include "supervisor/multipart.h"

#include <gtest/gtest.h>

#include "supervisor/header_parameters.h"

namespace nano {
namespace {

constexpr char kType[] = "multipart/form-data; boundary=XX";

std::vector<FormPart> parsed(std::string_view body, std::string_view type = kType) {
  auto result = parseMultipart(type, body);
  if (auto* problem = std::get_if<std::string>(&result)) ADD_FAILURE() << *problem;
  auto* parts = std::get_if<std::vector<FormPart>>(&result);
  return parts == nullptr ? std::vector<FormPart>() : *parts;
}

std::string problem(std::string_view body, std::string_view type = kType) {
  auto result = parseMultipart(type, body);
  auto* text = std::get_if<std::string>(&result);
  return text == nullptr ? "" : *text;
}

std::string part(const std::string& header, const std::string& body) {
  return "--XX\r\n" + header + "\r\n\r\n" + body + "\r\n";
}

const std::string kNamed = "Content-Disposition: form-data; name=\"a\"";

TEST(MultipartTest, GivesEachPartsNameTypeAndBytes) {
  std::string body = part(kNamed + "; filename=\"b.js\"\r\nContent-Type: application/wasm",
                          std::string("\0\r\n--X\r\n", 8)) +
                     part("content-disposition:form-data;name=t", "text") + "--XX--\r\n";
  auto parts = parsed(body);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].name, "a");
  EXPECT_EQ(parts[0].filename, "b.js");
  EXPECT_EQ(parts[0].contentType, "application/wasm");
  EXPECT_EQ(parts[0].body, std::string_view("\0\r\n--X\r\n", 8));
  EXPECT_EQ(parts[1].name, "t");
  EXPECT_EQ(parts[1].contentType, "text/plain");
  EXPECT_EQ(parts[1].body, "text");
}

TEST(MultipartTest, AcceptsAnEmptyBodyAnEmptyFormAndAQuotedBoundary) {
  auto parts = parsed(part(kNamed, "") + "--XX--");
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].body, "");
  EXPECT_TRUE(parsed("--XX--\r\n").empty());
  EXPECT_TRUE(parsed("--a b?--", "Multipart/Form-Data; charset=x; boundary=\"a b?\"").empty());
}

TEST(MultipartTest, ReadsEscapesInNames) {
  auto parts = parsed(part("Content-Disposition: form-data; name=\"a\\\"b\\\\c\"", "") + "--XX--");
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].name, "a\"b\\c");
}

TEST(MultipartTest, RefusesAFormThatBreaksOff) {
  std::string whole = part(kNamed + "\r\nContent-Type: text/plain", "content") + "--XX--";
  ASSERT_EQ(problem(whole), "");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(problem(whole.substr(0, size)), "") << size;
  }
}

TEST(MultipartTest, RefusesWhatStandsOutsideItsParts) {
  std::string form = part(kNamed, "x") + "--XX--";
  EXPECT_NE(problem("preamble\r\n" + form), "");
  EXPECT_NE(problem("\r\n" + form), "");
  EXPECT_NE(problem(form + "\r\nmore"), "");
  EXPECT_NE(problem(form + "\n"), "");
  EXPECT_NE(problem(form + form), "");
}

TEST(MultipartTest, RefusesADelimiterThatIsNotItsWholeLine) {
  EXPECT_NE(problem("--XX \r\n" + kNamed + "\r\n\r\nx\r\n--XX--"), "");
  EXPECT_NE(problem(part(kNamed, "x\r\n--XXY") + "--XX--"), "");
  EXPECT_NE(problem("--XX\n" + kNamed + "\r\n\r\nx\r\n--XX--"), "");
}

TEST(MultipartTest, RefusesPartsWithoutOneClearName) {
  for (const char* header :
       {"Content-Type: text/plain", "Content-Disposition: form-data",
        "Content-Disposition: form-data; name=\"\"", "Content-Disposition: attachment; name=a",
        "Content-Disposition: form-data; name=a; name=b",
        "Content-Disposition: form-data; name=\"a", "Content-Disposition: form-data; name=\"a\\b\"",
        "Content-Disposition: form-data; name=a b",
        "Content-Disposition: form-data; name=\"a\r\nb\"",
        "Content-Disposition: form-data; name=a; filename*=UTF-8''x",
        "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b",
        "Content-Disposition: form-data; name=a\r\nContent-Type: x/y\r\nContent-Type: x/z",
        "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64",
        "Content-Disposition: form-data; name=a\r\n folded", ": x",
        "Content-Disposition: form-data; name=a\r\nx: 1\ny: 2"}) {
    EXPECT_NE(problem(part(header, "x") + "--XX--"), "") << header;
  }
}

TEST(MultipartTest, RefusesBadBoundaries) {
  for (const char* type :
       {"", "text/plain; boundary=XX", "multipart/form-data",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=XX; boundary=XX", "multipart/form-data; boundary=\"X \"",
        "multipart/form-data; boundary=\"X\\\"X\"", "multipart/form-data boundary=XX"}) {
    EXPECT_NE(problem("--XX--", type), "") << type;
  }
  EXPECT_NE(problem("--XX--", "multipart/form-data; boundary=" + std::string(71, 'X')), "");
}

TEST(MultipartTest, BoundsHeadersAndParts) {
  std::string fits = kNamed + "\r\nx: " + std::string(kMaxPartHeaderBytes / 2, 'x');
  EXPECT_EQ(problem(part(fits, "x") + "--XX--"), "");
  std::string large = kNamed + "\r\nx: " + std::string(kMaxPartHeaderBytes, 'x');
  EXPECT_NE(problem(part(large, "x") + "--XX--"), "");
  std::string many;
  for (size_t i = 0; i < kMaxFormParts; ++i)
    many += part(kNamed, "");
  EXPECT_EQ(parsed(many + "--XX--").size(), kMaxFormParts);
  EXPECT_NE(problem(many + part(kNamed, "") + "--XX--"), "");
}

TEST(HeaderParametersTest, ReadsTokensAndQuotedStrings) {
  auto field = parseHeaderParameters("Text/Plain ; Charset=utf-8;x=\"a; b\" ");
  ASSERT_TRUE(field);
  EXPECT_EQ(field->value, "text/plain");
  EXPECT_EQ(*field->find("charset"), "utf-8");
  EXPECT_EQ(*field->find("x"), "a; b");
  EXPECT_EQ(field->find("y"), nullptr);
}

TEST(HeaderParametersTest, RefusesOtherForms) {
  for (const char* field :
       {"", ";", "a;", "a; b", "a; b=", "a; =c", "a b", "a; b=c d", "a; b=\"c"}) {
    EXPECT_FALSE(parseHeaderParameters(field)) << field;
  }
}

}  // namespace
}  // namespace nano
