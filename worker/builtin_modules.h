#pragma once

#include <array>
#include <string>
#include <string_view>

#include <v8.h>

#include "snapshot/entry_points.h"

namespace nano {

// The modules that an app may import by name; snapshot/js/builtin_modules.js has them.
inline constexpr std::array<std::string_view, 2> kBuiltinModules = {"cloudflare:sockets",
                                                                    "cloudflare:workers"};

// The name in the library that a specifier may have: "node:fs" for that and for "fs".
std::string nodeModuleName(std::string_view specifier);

bool isBuiltinModule(std::string_view name);
// "cloudflare:sockets, cloudflare:workers", for messages.
std::string builtinModuleNames();

// What one of them exports, [name, value, ...]. Empty: an exception is pending.
v8::MaybeLocal<v8::Array> builtinExports(v8::Local<v8::Context> context,
                                         const EntryPoints& entryPoints, std::string_view name);

}  // namespace nano
