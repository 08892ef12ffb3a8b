#include "nanoctl/source_map_files.h"

#include <filesystem>

#include <nlohmann/json.hpp>

namespace nano {

std::string withPathsBelow(const std::string& folder, const std::string& directory,
                           const std::string& map) {
  namespace fs = std::filesystem;
  auto json = nlohmann::json::parse(map, nullptr, false);
  if (!json.is_object() || !json.contains("sources") || !json["sources"].is_array()) return map;
  std::error_code ignored;
  const fs::path base = fs::weakly_canonical(folder, ignored);
  const fs::path from = fs::weakly_canonical(directory, ignored);
  for (auto& source : json["sources"]) {
    if (!source.is_string()) continue;
    const fs::path absolute = (from / source.get<std::string>()).lexically_normal();
    source = absolute.lexically_relative(base).generic_string();
  }
  json.erase("sourceRoot");
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace nano
