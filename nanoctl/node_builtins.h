#pragma once

#include <array>
#include <string_view>

namespace nano {

// The modules of Node.js that nano has, by the first part of their names, which most packages write
// without "node:". A package of the same name in node_modules is not meant, as in Node.js.
inline constexpr std::array<std::string_view, 42> kNodeBuiltins = {
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
};

// "fs", "fs/promises".
constexpr bool isNodeBuiltin(std::string_view specifier) {
  const std::string_view name = specifier.substr(0, specifier.find('/'));
  for (std::string_view builtin : kNodeBuiltins) {
    if (name == builtin) return true;
  }
  return false;
}

}  // namespace nano
