#include "nanoctl/deploy.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "nanoctl/app_config.h"
#include "nanoctl/app_modules.h"
#include "nanoctl/dev_vars.h"
#include "nanoctl/files.h"
#include "nanoctl/refusal_words.h"

namespace nano {

namespace {

using nlohmann::json;

// The folder's own name as an app's name: lower case, everything else a dash.
std::string nameOfFolder(const std::string& folder) {
  std::error_code ignored;
  std::string name = std::filesystem::canonical(folder, ignored).filename().string();
  for (char& c : name) {
    auto byte = static_cast<unsigned char>(c);
    c = std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '-';
  }
  name.erase(0, name.find_first_not_of('-'));
  return name;
}

json variable(const std::string& name, const json& value) {
  if (value.is_string()) return {{"name", name}, {"type", "plain_text"}, {"text", value}};
  return {{"name", name}, {"type", "json"}, {"json", value}};
}

// What the command line says goes before what the file says.
void setBinding(json& bindings, const json& binding) {
  auto same = std::find_if(bindings.begin(), bindings.end(), [&binding](const json& other) {
    return other["name"] == binding["name"];
  });
  if (same != bindings.end()) {
    *same = binding;
  } else {
    bindings.push_back(binding);
  }
}

Result<json> makeBindings(const AppConfig& config, const DeployOptions& options,
                          const DevVars& devVars) {
  json bindings = json::array();
  for (auto& [name, value] : config.vars)
    bindings.push_back(variable(name, value));
  for (auto& service : config.services) {
    json binding = {{"name", service.binding}, {"type", "service"}, {"service", service.service}};
    if (!service.entrypoint.empty()) binding["entrypoint"] = service.entrypoint;
    if (!service.props.is_null()) binding["props"] = service.props;
    bindings.push_back(std::move(binding));
  }
  for (auto& [name, value] : devVars.vars)
    setBinding(bindings, variable(name, value));
  for (auto& var : options.vars) {
    size_t equals = var.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Failure{"--var must be NAME=VALUE, not '" + var + "'"};
    }
    setBinding(bindings, variable(var.substr(0, equals), var.substr(equals + 1)));
  }
  return bindings;
}

json makeMetadata(const AppConfig& config, const DeployOptions& options, const AppModules& modules,
                  const json& bindings) {
  std::vector<std::string> hosts = config.routes;
  hosts.insert(hosts.end(), options.hosts.begin(), options.hosts.end());
  json own = {{"hosts", hosts}};
  auto port = options.port ? options.port : config.port;
  if (port) own["port"] = *port;
  if (!config.isolation.empty()) own["isolation"] = config.isolation;
  if (config.codegen) own["codegen"] = true;
  if (!config.egress.is_null()) own["egress"] = config.egress;
  if (config.crons) own["crons"] = *config.crons;
  json metadata = {{modules.isScript ? "body_part" : "main_module", modules.mainModule},
                   {"bindings", bindings},
                   {"compatibility_flags", config.compatibilityFlags},
                   {"nano", own}};
  if (!config.limits.empty()) metadata["limits"] = config.limits;
  if (!config.compatibilityDate.empty()) metadata["compatibility_date"] = config.compatibilityDate;
  return metadata;
}

Deployed describe(const json& result, const AppModules& modules) {
  Deployed deployed;
  deployed.version = result.value("version", "");
  for (auto& url : result.value("urls", json::array())) {
    if (url.is_string()) deployed.urls.push_back(url.get<std::string>());
  }
  deployed.modules = modules.files.size();
  deployed.bundled = modules.bundled;
  for (auto& file : modules.files)
    deployed.bytes += file.content.size();
  return deployed;
}

// What the developer's own variables are on a server: nothing, and that is easily overlooked.
void noteDevVars(const std::string& folder, std::vector<std::string>& notes) {
  std::string file = devVarsFile(folder);
  if (file.empty()) return;
  auto read = readDevVars(folder);
  if (read.ok() && read.value().vars.empty()) return;
  notes.push_back(file + " is for `nanoctl dev` and not deployed" +
                  (read.ok() ? ": " + namesOf(read.value()) : "") +
                  ". What the app needs here goes into `vars` of its configuration, and what is "
                  "secret into --var=NAME=VALUE of each deploy");
}

// Whether `nanoctl dev` runs all apps that this one is bound to.
Result<Done> checkBeside(const AppConfig& config, const DeployOptions& options,
                         const std::string& name) {
  for (auto& service : config.services) {
    bool isThere = std::find(options.beside.begin(), options.beside.end(), service.service) !=
                   options.beside.end();
    if (isThere || service.service == name) continue;
    return Failure{config.file + ": the service binding `" + service.binding +
                   "` leads to the app '" + service.service +
                   "', which this `nanoctl dev` does not run: name its folder behind this one's, "
                   "as in `nanoctl dev " +
                   options.folder + " FOLDER-OF-" + service.service + "`"};
  }
  return Done{};
}

}  // namespace

Result<Deployed> deployFolder(AdminClient& client, const DeployOptions& options) {
  auto folder = checkFolder(options.folder);
  if (!folder.ok()) return folder.failure();
  auto config = readAppConfig(options.folder);
  if (!config.ok()) return config.failure();
  std::string name = options.name.empty() ? config.value().name : options.name;
  if (name.empty()) name = nameOfFolder(options.folder);
  auto modules = collectModules(options.folder, config.value());
  if (!modules.ok()) return modules.failure();
  const bool isDevelopment = options.purpose == DeployOptions::Purpose::kDevelopment;
  if (isDevelopment) {
    auto beside = checkBeside(config.value(), options, name);
    if (!beside.ok()) return beside.failure();
  }
  auto devVars = isDevelopment ? readDevVars(options.folder) : DevVars();
  if (!devVars.ok()) return devVars.failure();
  auto bindings = makeBindings(config.value(), options, devVars.value());
  if (!bindings.ok()) return bindings.failure();
  json metadata = makeMetadata(config.value(), options, modules.value(), bindings.value());
  auto result = client.upload("/client/v4/accounts/" + pathSegment(options.tenant) +
                                  "/workers/scripts/" + pathSegment(name),
                              metadata, modules.value().files);
  auto said = [&config, &options](const std::string& text) {
    return inTheUsersWords(text, config.value(), options);
  };
  if (!result.ok()) return Failure{said(result.failure().message)};
  Deployed deployed = describe(result.value().result, modules.value());
  deployed.name = name;
  if (!devVars.value().vars.empty()) {
    deployed.devVars = devVars.value().file + ": " + namesOf(devVars.value());
  }
  if (!isDevelopment) noteDevVars(options.folder, deployed.notes);
  for (auto& key : config.value().ineffective) {
    deployed.notes.push_back(config.value().file + ": `" + key + "` has no effect on nano");
  }
  for (auto& message : result.value().messages)
    deployed.notes.push_back(said(message));
  return deployed;
}

}  // namespace nano
