#pragma once

#include <string>
#include <vector>

#include "nanoctl/app_config.h"
#include "nanoctl/result.h"

namespace nano {

struct ModuleFile {
  std::string path;         // As the worker sees it: relative, '/' between parts.
  std::string contentType;  // What kind of module it is, in the upload's words.
  std::string content;
};

struct AppModules {
  std::string mainModule;
  bool isScript = false;  // The main module is a classic script: an app in service-worker syntax.
  std::vector<ModuleFile> files;
  bool bundled = false;
};

// The file the app starts with: `main` of the configuration, or the first of index.js, index.mjs,
// index.ts, src/index.js, src/index.mjs, src/index.ts that is there.
Result<std::string> findMain(const std::string& folder, const AppConfig& config);

// Everything the app's main file imports. A main file that exports nothing is a classic script, as
// for wrangler. Files that can run as they are go as they are, so that
// stack traces name them; TypeScript, JSX, packages from node_modules and imports without a file
// extension are bundled into one module by esbuild.
Result<AppModules> collectModules(const std::string& folder, const AppConfig& config);

}  // namespace nano
