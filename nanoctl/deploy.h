#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nanoctl/admin_client.h"
#include "nanoctl/result.h"

namespace nano {

struct DeployOptions {
  std::string folder;
  std::string tenant = "default";
  std::string name;                // Empty: the configuration's, or the folder's own name.
  std::vector<std::string> hosts;  // Beside the configuration's routes.
  std::optional<int> port;
  std::vector<std::string> vars;  // "K=V", over the configuration's.
  // In development `.dev.vars` goes over the configuration's variables, and there are no other apps
  // that a service binding could lead to but those `beside`. For a server the user is told that it
  // is not deployed.
  enum class Purpose { kServer, kDevelopment } purpose = Purpose::kServer;
  std::vector<std::string> beside{};
};

struct Deployed {
  std::string name;
  std::string version;
  std::vector<std::string> urls;
  size_t modules = 0;
  size_t bytes = 0;
  bool bundled = false;
  std::string devVars;             // ".dev.vars: A, B" where variables of it are used.
  std::vector<std::string> notes;  // Keys without effect here, and what nanod has to say.
};

// Reads the folder, bundles where needed and hands the app to nanod. When this succeeds the new
// version answers every new request; when it fails the version before still does.
Result<Deployed> deployFolder(AdminClient& client, const DeployOptions& options);

}  // namespace nano
