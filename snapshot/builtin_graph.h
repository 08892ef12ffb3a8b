#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "snapshot/builtin_module.h"

namespace nano {

// A built-in's file, its path inside the folder, and the files its imports mean, in their order.
struct BuiltinFile {
  std::string name;
  BuiltinModule module;
  std::vector<std::string> imported;
  // main.js comes to it by deferred imports only: it runs when it is first used.
  bool deferred = true;
};

// Reads main.js of a folder and all it imports, directly or not: in the order they are run, imports
// first. Refuses what cannot be: a missing file, a name that is not exported, a cycle.
std::variant<std::vector<BuiltinFile>, SnapshotError> loadBuiltins(
    const std::filesystem::path& folder);

}  // namespace nano
