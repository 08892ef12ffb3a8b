#pragma once

#include <string>

#include "nanoctl/app_config.h"
#include "nanoctl/deploy.h"

namespace nano {

// nanod says which part of an upload is wrong, and knows nothing of files and flags: here that
// becomes the key the user wrote, and where. Any other text stays as it is.
std::string inTheUsersWords(const std::string& said, const AppConfig& config,
                            const DeployOptions& options);

}  // namespace nano
