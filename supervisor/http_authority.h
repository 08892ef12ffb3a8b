#pragma once

#include <string_view>

namespace nano {

// Whether this may stand in Host or in an absolute target: a name, an IPv4 address or an IPv6
// address in brackets, and perhaps ":port". Stricter than RFC 3986, so that router, app and log can
// only read it one way: no user part, no percent signs, no empty or zero-led port, no list.
bool isAuthority(std::string_view text);

}  // namespace nano
