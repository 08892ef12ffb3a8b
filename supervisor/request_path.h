#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nano {

// The path of a request as its app sees it in `request.url`: without dot segments, spelled as dots
// or as %2e, and with / for \ (URL standard, "path state" of special schemes). Nothing where it is
// the same, which costs a look at each byte. `path` begins with '/' and has no query.
//
// A route has to match this and not what came, or a request could get past the app of a route to
// another one of that host by "/x/../admin".
std::optional<std::string> resolveDotSegments(std::string_view path);

}  // namespace nano
