#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "nanoctl/result.h"

namespace nano {

// What an app's folder says about itself: wrangler.jsonc, wrangler.json or wrangler.toml, and
// nano.jsonc for what wrangler has no key for. Without a file: defaults.
struct AppConfig {
  std::string file;  // The wrangler file's name; empty where there is none.
  std::string name;
  std::string main;
  std::string compatibilityDate;
  std::vector<std::string> compatibilityFlags;
  std::vector<std::pair<std::string, nlohmann::json>> vars;
  // Other apps of the tenant, by the name the app knows them by.
  struct Service {
    std::string binding;
    std::string service;
    std::string entrypoint{};  // Empty: the app's default export.
    nlohmann::json props{};    // An object; null where it says nothing.
  };
  std::vector<Service> services;
  std::vector<std::string> routes;   // "shop.example.com/api/*"
  std::string routesKey = "routes";  // or "route", where that is what the file has.
  std::optional<int> port;           // nano.jsonc
  std::string isolation;             // nano.jsonc: "tenant", "app", or empty where it says nothing.
  nlohmann::json egress;             // nano.jsonc, as written; null where it says nothing.
  bool codegen = false;              // nano.jsonc: eval() and WebAssembly from bytes.
  // By key, as written; nanod knows which there are. nano.jsonc's go before the wrangler file's.
  nlohmann::json limits = nlohmann::json::object();
  std::map<std::string, std::string> limitFiles;  // By key: the file that says it.
  bool noBundle = false;
  bool uploadSourceMaps = false;
  // Nothing: as they are now.
  std::optional<std::vector<std::string>> crons;
  // Keys that are understood but change nothing here; each is told to the user.
  std::vector<std::string> ineffective;
};

// Reads the folder's configuration. A key that nano does not honour is a failure that names it:
// nothing is dropped silently.
Result<AppConfig> readAppConfig(const std::string& folder);

}  // namespace nano
