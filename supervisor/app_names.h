#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nano {

// The tenant whose apps are also reachable as NAME.localhost.
inline constexpr std::string_view kDefaultTenant = "default";
// A name is a directory's name and a label of a host name, which RFC 1035 limits to 63 bytes.
inline constexpr size_t kMaxNameBytes = 63;
// Parts of a module's path (security 3.1: depth <= 16).
inline constexpr size_t kMaxModulePathDepth = 16;

// Why `name` cannot be a tenant's or an app's name; nothing when it can.
std::optional<std::string> nameProblem(std::string_view name);

// Why `path` cannot be a module's path; nothing when it can. A good path stays below the directory
// it is resolved in, and is UTF-8.
std::optional<std::string> modulePathProblem(std::string_view path);

// `text` between quotes, cut and with every byte that is not printable ASCII replaced, so that a
// message may carry what a client sent.
std::string inQuotes(std::string_view text);

}  // namespace nano
