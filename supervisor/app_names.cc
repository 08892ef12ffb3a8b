#include "supervisor/app_names.h"

#include <algorithm>

#include "protocol/limits.h"

namespace nano {
namespace {

bool isNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// How many bytes follow the first byte of a UTF-8 sequence; -1 for a byte that begins none.
int continuationBytes(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first <= 0xdf) return 1;
  if (first >= 0xe0 && first <= 0xef) return 2;
  if (first >= 0xf0 && first <= 0xf4) return 3;
  return -1;
}

// RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
bool isUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto first = static_cast<unsigned char>(text[i]);
    int more = continuationBytes(first);
    if (more < 0 || text.size() - i <= static_cast<size_t>(more)) return false;
    for (int k = 1; k <= more; ++k) {
      auto next = static_cast<unsigned char>(text[i + k]);
      if (next < 0x80 || next > 0xbf) return false;
      bool outside = k == 1 && ((first == 0xe0 && next < 0xa0) || (first == 0xed && next > 0x9f) ||
                                (first == 0xf0 && next < 0x90) || (first == 0xf4 && next > 0x8f));
      if (outside) return false;
    }
    i += 1 + more;
  }
  return true;
}

}  // namespace

std::string inQuotes(std::string_view text) {
  constexpr size_t kShown = 80;
  std::string result = "'";
  for (char c : text.substr(0, kShown))
    result += (c >= ' ' && c <= '~') ? c : '?';
  if (text.size() > kShown) result += "...";
  return result += "'";
}

std::optional<std::string> nameProblem(std::string_view name) {
  if (name.empty()) return "the name is empty: give it 1 to 63 of a-z, 0-9, '-' and '_'";
  if (name.size() > kMaxNameBytes) {
    return "the name " + inQuotes(name) + " is longer than 63 bytes: choose a shorter one";
  }
  bool good = std::all_of(name.begin(), name.end(), isNameByte);
  if (!good || name[0] == '-' || name[0] == '_') {
    return "the name " + inQuotes(name) +
           " is not allowed: use a-z, 0-9, '-' and '_', and begin with a letter or a digit";
  }
  return std::nullopt;
}

std::optional<std::string> modulePathProblem(std::string_view path) {
  auto problem = [path](const char* why) { return "the module path " + inQuotes(path) + why; };
  if (path.empty()) return "a module has an empty path: its part needs a name like 'index.js'";
  if (path.size() > kMaxModulePathBytes) return problem(" is longer than 255 bytes");
  bool plain = std::none_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
  });
  if (!plain) return problem(" has a control character or a backslash: use '/' between folders");
  if (!isUtf8(path)) return problem(" is not UTF-8");
  size_t depth = 0;
  for (size_t at = 0; at <= path.size();) {
    size_t end = std::min(path.find('/', at), path.size());
    std::string_view part = path.substr(at, end - at);
    if (part.empty()) return problem(" has an empty part: it is relative, with one '/' a folder");
    if (part == "." || part == "..") {
      return problem(" has a '.' or '..' part: name the file from the app's folder");
    }
    if (++depth > kMaxModulePathDepth) return problem(" is more than 16 folders deep");
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace nano
