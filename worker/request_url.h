#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nano {

// What the URL standard makes of a request's URL as the supervisor has put it together from scheme,
// authority and target: `"<>` and bytes above ASCII are percent-encoded, dot segments resolved, a
// default port dropped. Nothing where it is the same, which costs a look at each byte; nothing,
// too, for what is no URL to the standard (a host like 1.2.3.4.5): that stays as it came.
std::optional<std::string> standardUrl(std::string_view url);

}  // namespace nano
