#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace nano {

// Why an import is refused: one sentence that says what to do.
struct RefusedImport {
  std::string reason;
};

// The path, in the app's list of modules, that `specifier` means in the module `referrer`.
//
// Only relative specifiers lead anywhere, and none leads out of the app's folder. They are names,
// not URLs: nothing is percent-decoded, and a query is part of the name. A module of nano's own is
// its name.
std::variant<std::string, RefusedImport> resolveImport(std::string_view specifier,
                                                       std::string_view referrer);

}  // namespace nano
