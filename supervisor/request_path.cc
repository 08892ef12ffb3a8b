#include "supervisor/request_path.h"

#include <algorithm>

namespace nano {
namespace {

constexpr std::string_view kSlashes = "/\\";

// How many dots a segment is made of, if of nothing else.
size_t countDots(std::string_view segment) {
  size_t dots = 0;
  while (!segment.empty()) {
    if (segment.front() == '.') {
      segment.remove_prefix(1);
    } else if (segment.starts_with("%2e") || segment.starts_with("%2E")) {
      segment.remove_prefix(3);
    } else {
      return 0;
    }
    ++dots;
  }
  return dots;
}

bool mayChange(std::string_view path) {
  bool isAfterSlash = false;
  return std::any_of(path.begin(), path.end(), [&isAfterSlash](char c) {
    const bool is = c == '\\' || (isAfterSlash && (c == '.' || c == '%'));
    isAfterSlash = c == '/';
    return is;
  });
}

}  // namespace

std::optional<std::string> resolveDotSegments(std::string_view path) {
  if (!mayChange(path)) return std::nullopt;
  std::string resolved;
  for (size_t at = 1; at <= path.size();) {
    const size_t end = std::min(path.find_first_of(kSlashes, at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    const size_t dots = countDots(segment);
    if (dots == 2) resolved.erase(std::min(resolved.rfind('/'), resolved.size()));
    if (dots == 0 || dots > 2) {
      resolved.append("/").append(segment);
    } else if (end == path.size()) {
      resolved.append("/");
    }
    at = end + 1;
  }
  return resolved == path ? std::nullopt : std::optional<std::string>(std::move(resolved));
}

}  // namespace nano
