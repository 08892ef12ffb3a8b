#include "nanoctl/jsonc.h"

namespace nano {

namespace {

// The end of the string literal that begins at `at`, or the end of the text.
size_t afterString(std::string_view text, size_t at) {
  for (at++; at < text.size() && text[at] != '"'; at++) {
    if (text[at] == '\\') at++;
  }
  return at < text.size() ? at + 1 : text.size();
}

void blank(std::string& text, size_t from, size_t to) {
  for (size_t i = from; i < to && i < text.size(); i++) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

void blankComments(std::string& text) {
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      i = afterString(text, i);
    } else if (text.compare(i, 2, "//") == 0) {
      size_t end = std::min(text.find('\n', i), text.size());
      blank(text, i, end);
      i = end;
    } else if (text.compare(i, 2, "/*") == 0) {
      size_t close = text.find("*/", i + 2);
      size_t end = close == std::string::npos ? text.size() : close + 2;
      blank(text, i, end);
      i = end;
    } else {
      i++;
    }
  }
}

void blankTrailingCommas(std::string& text) {
  size_t comma = std::string::npos;
  for (size_t i = 0; i < text.size();) {
    char c = text[i];
    if (c == '"') {
      comma = std::string::npos;
      i = afterString(text, i);
      continue;
    }
    if (c == ',') {
      comma = i;
    } else if ((c == '}' || c == ']') && comma != std::string::npos) {
      text[comma] = ' ';
      comma = std::string::npos;
    } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      comma = std::string::npos;
    }
    i++;
  }
}

}  // namespace

std::string withoutComments(std::string_view source) {
  std::string text(source);
  blankComments(text);
  blankTrailingCommas(text);
  return text;
}

}  // namespace nano
