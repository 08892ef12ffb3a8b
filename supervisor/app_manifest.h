#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "supervisor/app_version.h"

namespace nano {

// A version that somebody wants to make: `version` without id and directory, and one content a
// module, in the same order.
struct AppUpload {
  AppVersion version;
  std::vector<std::string> contents;
};

// The largest manifest there can be: every module and every binding at its limit, JSON's escapes
// (six bytes for one) included.
inline constexpr size_t kMaxManifestBytes = 8 << 20;

// Why this upload cannot become a version, for who deploys it; nothing when it can.
std::optional<std::string> uploadProblem(const AppUpload& upload);

// Puts the upload in its one order and fills in sizes, hashes and the id, which names exactly this
// content of this app.
void sealUpload(AppUpload& upload);

// The version as JSON, the same bytes for the same version; its SHA-256 is the version's id.
std::string manifestText(const AppVersion& version);

// Reads what manifestText wrote, and checks it as if a stranger had. `directory` stays empty.
std::variant<AppVersion, std::string> parseManifest(std::string_view text);

}  // namespace nano
