#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <v8.h>

#include "snapshot/op.h"

namespace nano {

// Every op, in the order a snapshot depends on.
std::span<const Op> allOps();

// A digest of the ops' names and order. A snapshot made with another table must not be used.
uint64_t opTableDigest();

// What built-ins import native functions from. Only the builder knows this name.
inline constexpr std::string_view kOpsModule = "nano:ops";
// An object that has every op as a property.
v8::MaybeLocal<v8::Object> makeOps(v8::Local<v8::Context> context);

}  // namespace nano
