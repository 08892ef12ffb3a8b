#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <variant>

namespace nano {

// Which requests belong to an app: "example.com/api/*", "*.example.com/*", "example.com".
struct RoutePattern {
  std::string host;       // Lower case, no trailing dot. With `wildcard`: what comes after "*.".
  bool wildcard = false;  // Every host below `host`; with an empty `host`, every host there is.
  std::string path;       // "" or "/a/b": the request's path is it, or goes on with '/'.

  auto operator<=>(const RoutePattern&) const = default;
  // The pattern again, in its one normal form.
  std::string text() const;
};

// Reads a route as wrangler writes it. The end of a path may be spelled "/api", "/api/" or
// "/api/*"; all three mean that path and everything below it. A string says what is wrong and what
// to write.
std::variant<RoutePattern, std::string> parseRoutePattern(std::string_view text);

}  // namespace nano
