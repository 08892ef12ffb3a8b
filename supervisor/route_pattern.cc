#include "supervisor/route_pattern.h"

#include <algorithm>
#include <optional>

#include "protocol/limits.h"
#include "supervisor/app_names.h"

namespace nano {
namespace {

constexpr size_t kMaxHostBytes = 253;  // RFC 1035 2.3.4, without the trailing dot.
constexpr size_t kMaxLabelBytes = 63;

bool isLabelByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string lowerCase(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// The part of a sentence that says why `host` is no host name.
std::optional<std::string> hostProblem(std::string_view host) {
  if (host.empty()) return "has no host: write example.com, *.example.com or *";
  if (host.size() > kMaxHostBytes) return "has a host longer than 253 bytes";
  if (host.find('*') != std::string_view::npos) {
    return "has a '*' inside its host: only '*.' in front of a whole name is supported; for a name "
           "and everything below it give two routes";
  }
  if (host.find(':') != std::string_view::npos) {
    return "has a port: leave it out, routes hold on every port; a port of the app's own is 'port'";
  }
  for (size_t at = 0; at <= host.size();) {
    size_t end = std::min(host.find('.', at), host.size());
    std::string_view label = host.substr(at, end - at);
    bool good = !label.empty() && label.size() <= kMaxLabelBytes &&
                std::all_of(label.begin(), label.end(), isLabelByte);
    if (!good) return "has no valid host name: labels of a-z, 0-9, '-' with '.' between (punycode)";
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::string> pathProblem(std::string_view path) {
  if (path.size() > kMaxModulePathBytes) return "has a path longer than 255 bytes";
  if (path.find('*') != std::string_view::npos) {
    return "has a '*' inside its path: only a whole last part '/*' is supported";
  }
  for (char c : path) {
    if (c <= ' ' || c > '~' || c == '?' || c == '#' || c == '\\') {
      return "has a path with a space, '?', '#', '\\' or a character that must be percent-encoded";
    }
  }
  bool dots = path.find("/./") != std::string_view::npos ||
              path.find("/../") != std::string_view::npos || path.ends_with("/.") ||
              path.ends_with("/..") || path.ends_with('/');
  if (dots || path.find("//") != std::string_view::npos) {
    return "has a path with an empty part, '.' or '..', which no request has";
  }
  return std::nullopt;
}

}  // namespace

std::string RoutePattern::text() const {
  std::string result;
  if (wildcard) result = host.empty() ? "*" : "*.";
  return result + host + path + "/*";
}

std::variant<RoutePattern, std::string> parseRoutePattern(std::string_view text) {
  auto problem = [text](const std::string& why) {
    return "the route " + inQuotes(text) + " " + why;
  };
  if (text.find("://") != std::string_view::npos) {
    return problem("has a scheme: leave out 'http://' or 'https://'");
  }
  size_t slash = std::min(text.find('/'), text.size());
  std::string_view host = text.substr(0, slash);
  std::string_view path = text.substr(slash);
  RoutePattern pattern;
  if (host == "*") {
    pattern.wildcard = true;
    host = "";
  } else {
    pattern.wildcard = host.starts_with("*.");
    if (pattern.wildcard) host.remove_prefix(2);
    if (host.ends_with('.')) host.remove_suffix(1);
    pattern.host = lowerCase(host);
    if (auto why = hostProblem(pattern.host)) return problem(*why);
  }
  if (path.ends_with("/*")) {
    path.remove_suffix(2);
  } else if (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  if (auto why = pathProblem(path)) return problem(*why);
  pattern.path = path;
  return pattern;
}

}  // namespace nano
