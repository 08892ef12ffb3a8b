#include "snapshot/plain_text.h"

#include <algorithm>
#include <vector>

namespace nano {
namespace {

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

bool mayGoOnInAString(std::string_view line) {
  return std::count(line.begin(), line.end(), '`') % 2 != 0 || line.ends_with('\\');
}

std::string_view withoutIndentation(std::string_view line) {
  const size_t start = line.find_first_not_of(" \t");
  return start == std::string_view::npos ? std::string_view() : line.substr(start);
}

}  // namespace

std::string plainText(std::string_view source) {
  constexpr std::string_view kEnd = "*/";
  const auto lines = linesOf(source);
  if (std::any_of(lines.begin(), lines.end(), mayGoOnInAString)) return std::string(source);
  std::string text;
  text.reserve(source.size());
  bool inComment = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += '\n';
    std::string_view line = withoutIndentation(lines[i]);
    if (line.starts_with("//") && !inComment) continue;
    inComment = inComment || line.starts_with("/*");
    if (inComment) {
      const size_t end = line.find(kEnd);
      if (end == std::string_view::npos) continue;
      inComment = false;
      line = withoutIndentation(line.substr(end + kEnd.size()));
    }
    text += line;
  }
  return text;
}

}  // namespace nano
