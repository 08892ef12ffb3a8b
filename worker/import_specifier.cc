#include "worker/import_specifier.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "worker/builtin_modules.h"

namespace nano {
namespace {

// Long specifiers are quoted in part.
constexpr size_t kMaxQuoted = 100;

std::string quoted(std::string_view specifier) {
  if (specifier.size() <= kMaxQuoted) return "\"" + std::string(specifier) + "\"";
  return "\"" + std::string(specifier.substr(0, kMaxQuoted)) + "...\"";
}

// RFC 3986 3.1: scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
std::string_view schemeOf(std::string_view specifier) {
  const size_t colon = specifier.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  if (!std::isalpha(static_cast<unsigned char>(specifier[0]))) return {};
  const auto isSchemeCharacter = [](unsigned char c) {
    return std::isalnum(c) || c == '+' || c == '-' || c == '.';
  };
  const std::string_view scheme = specifier.substr(0, colon);
  if (!std::all_of(scheme.begin(), scheme.end(), isSchemeCharacter)) return {};
  return scheme;
}

RefusedImport refuse(std::string_view specifier, std::string_view scheme) {
  if (scheme == "cloudflare") {
    return {quoted(specifier) + " is not a module of this version of nano, which has " +
            builtinModuleNames()};
  }
  if (scheme == "node") {
    return {quoted(specifier) +
            " is not a module of this version of nano; docs/node.md lists those that are"};
  }
  if (!scheme.empty()) {
    return {quoted(specifier) + " cannot be imported: an app imports its own files only"};
  }
  if (specifier.starts_with('/')) {
    return {quoted(specifier) + " is an absolute path: import files relative to the module"};
  }
  return {quoted(specifier) +
          " is a bare import: bundle the app (nanoctl deploy does this when the package is "
          "installed in node_modules), or write \"./" +
          std::string(specifier.substr(0, kMaxQuoted)) + "\" for a file of the app"};
}

}  // namespace

std::variant<std::string, RefusedImport> resolveImport(std::string_view specifier,
                                                       std::string_view referrer) {
  if (!specifier.starts_with("./") && !specifier.starts_with("../")) {
    if (isBuiltinModule(specifier)) return std::string(specifier);
    return refuse(specifier, schemeOf(specifier));
  }
  std::vector<std::string_view> parts;
  const auto append = [&parts](std::string_view path) {
    bool inside = true;
    while (true) {
      const size_t slash = path.find('/');
      const std::string_view part = path.substr(0, slash);
      if (part == "..") {
        if (parts.empty()) {
          inside = false;
        } else {
          parts.pop_back();
        }
      } else if (part != ".") {
        parts.push_back(part);
      }
      if (slash == std::string_view::npos) return inside;
      path.remove_prefix(slash + 1);
    }
  };
  append(referrer);
  if (!parts.empty()) parts.pop_back();
  if (!append(specifier)) {
    return RefusedImport{quoted(specifier) + " leads out of the app's folder"};
  }
  std::string path;
  for (std::string_view part : parts) {
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

}  // namespace nano
