#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nano {

// The JavaScript of a snapshot is wrong: "file:line: message", and a stack where there is one.
struct SnapshotError {
  std::string message;
};

// A built-in's ES module, turned into the body of a function.
//
// Real modules cannot go into a snapshot: V8 cannot give their export tables a new hash seed, so
// every isolate everywhere would share one that is known, and hash tables could be attacked. The
// function's one parameter, kModulesParameter, maps specifiers to the exports of other modules; it
// returns its own. Lines keep their numbers.
//
// The module may use: imports of names, of `* as name`, of `defer * as name` and of nothing;
// exports of a function, a class, one const, `{ names }` and `{ names } from`. Each begins in
// column one, and ends with ';' where it has a list. What is imported does not change later, so
// `export let` is refused.
struct BuiltinModule {
  struct Import {
    std::string specifier;  // As it is written.
    int line = 0;
    std::vector<std::string> names;  // What the other module must export.
    bool deferred = false;           // The other module runs when it is first used.
  };

  static constexpr std::string_view kModulesParameter = "nanoModules";
  // Before the specifier of a deferred import, in kModulesParameter.
  static constexpr std::string_view kDeferredPrefix = "defer ";

  std::string body;
  std::vector<Import> imports;
  std::vector<std::string> exports;

  static std::variant<BuiltinModule, SnapshotError> parse(std::string_view file,
                                                          std::string_view source);
};

}  // namespace nano
