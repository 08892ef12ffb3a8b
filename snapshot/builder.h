#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "snapshot/builtin_module.h"

namespace nano {

// Runs the ES module main.js of a folder, and all it imports, once, and freezes the result.
//
// Modules import each other by relative paths, and native functions from 'nano:ops';
// builtin_module.h says in which forms. One of them must call registerEntryPoints(). Returns the
// bytes of a snapshot file: the same for the same input, when V8 was started with kSnapshotSeeds.
std::variant<std::string, SnapshotError> buildSnapshot(const std::filesystem::path& jsFolder);

// V8 flags that make a snapshot reproducible; V8 gives every isolate a seed of its own when it is
// made from the snapshot.
inline constexpr char kSnapshotSeeds[] = "--hash-seed=1 --random-seed=1";

}  // namespace nano
