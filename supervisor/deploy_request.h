#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "supervisor/app_manifest.h"
#include "supervisor/multipart.h"
#include "supervisor/route_pattern.h"

namespace nano {

// A deploy as its client wants it, checked.
struct DeployRequest {
  AppUpload upload;
  // Nothing: as they are now.
  std::optional<std::vector<RoutePattern>> routes;
  std::optional<uint16_t> port;  // 0: none.
  std::optional<std::vector<std::string>> crons;
  // Binding types whose live values stay where the upload does not name them.
  bool keepsSecrets = false;
  // What was accepted but has no effect, each a sentence.
  std::vector<std::string> notes;
};

// Reads the parts of wrangler's script upload: "metadata" is JSON, every other part a module. What
// nano does not support is refused by its name; a string says so.
std::variant<DeployRequest, std::string> parseDeployRequest(const std::string& tenant,
                                                            const std::string& app,
                                                            std::span<const FormPart> parts);

}  // namespace nano
