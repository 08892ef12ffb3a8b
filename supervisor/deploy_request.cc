#include "supervisor/deploy_request.h"

#include <algorithm>
#include <array>
#include <utility>

#include "supervisor/app_names.h"
#include "supervisor/bounded_json.h"
#include "supervisor/compatibility/compatibility.h"
#include "supervisor/deployment.h"
#include "supervisor/egress/egress_settings.h"
#include "supervisor/header_parameters.h"

namespace nano {
namespace {

using Json = nlohmann::json;
using Problem = std::optional<std::string>;

constexpr size_t kMaxMetadataBytes = 1 << 20;
constexpr size_t kMaxFlags = 64;
constexpr uint64_t kMaxPort = 65535;

constexpr std::array<std::pair<const char*, ModuleKind>, 7> kModuleTypes{{
    {"application/javascript+module", ModuleKind::kEsModule},
    {"application/javascript", ModuleKind::kScript},
    {"application/source-map", ModuleKind::kSourceMap},
    {"application/json", ModuleKind::kJson},
    {"text/plain", ModuleKind::kText},
    {"application/octet-stream", ModuleKind::kData},
    {"application/wasm", ModuleKind::kWasm},
}};

// Refuses the first member of `object` that is not one of `known`.
Problem unknownMember(const Json& object, const std::string& where,
                      std::initializer_list<std::string_view> known) {
  for (const auto& member : object.items()) {
    if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
    return where + inQuotes(member.key()) + " is not supported: remove it";
  }
  return std::nullopt;
}

bool isIdentifier(std::string_view name) {
  auto isLetter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
  };
  return !name.empty() && name.size() <= 255 && name != "__proto__" && isLetter(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [isLetter](char c) { return isLetter(c) || (c >= '0' && c <= '9'); });
}

std::optional<std::vector<std::string>> stringList(const Json& json) {
  if (!json.is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const Json& item : json) {
    if (!item.is_string()) return std::nullopt;
    list.push_back(item.get<std::string>());
  }
  return list;
}

// Another app of the tenant, by its name.
std::variant<AppBinding, std::string> readService(const Json& json, const std::string& where,
                                                  AppBinding binding) {
  auto service = stringMember(json, "service");
  if (!service) return where + " of type service has no 'service': name the app it leads to";
  if (auto bad = nameProblem(*service)) return where + ": 'service': " + *bad;
  auto problem =
      unknownMember(json, where + ": ", {"name", "type", "service", "entrypoint", "props"});
  if (problem) return *problem;
  if (json.contains("entrypoint")) {
    auto entrypoint = stringMember(json, "entrypoint");
    if (!entrypoint || !isIdentifier(*entrypoint)) {
      return where + ": 'entrypoint' is no name of an export, as of a class: " +
             inQuotes(entrypoint.value_or(""));
    }
    if (*entrypoint != "default") binding.entrypoint = *entrypoint;
  }
  if (json.contains("props")) {
    if (!json["props"].is_object()) return where + ": 'props' is not an object";
    binding.props = jsonLine(json["props"]);
  }
  binding.kind = AppBinding::Kind::kService;
  binding.value = *service;
  return binding;
}

std::variant<AppBinding, std::string> readBinding(const Json& json) {
  auto name = stringMember(json, "name");
  if (!name || !isIdentifier(*name)) {
    return "a binding's 'name' is missing or no JavaScript identifier: " +
           inQuotes(name.value_or(""));
  }
  std::string where = "the binding " + inQuotes(*name);
  auto type = stringMember(json, "type");
  if (!type) return where + " has no 'type'";
  AppBinding binding;
  binding.name = *name;
  if (*type == "json") {
    auto value = json.find("json");
    if (value == json.end()) return where + " of type json has no 'json'";
    binding.kind = AppBinding::Kind::kJson;
    binding.value = jsonLine(*value);
    if (auto problem = unknownMember(json, where + ": ", {"name", "type", "json"})) return *problem;
    return binding;
  }
  if (*type == "service") return readService(json, where, std::move(binding));
  if (*type != "plain_text" && *type != "secret_text") {
    return where + " has the type " + inQuotes(*type) +
           ", which is not supported: plain_text, json, secret_text and service are";
  }
  auto value = stringMember(json, "text");
  if (!value) return where + " has no 'text', or it is not a string";
  if (auto problem = unknownMember(json, where + ": ", {"name", "type", "text"})) return *problem;
  binding.value = *value;
  binding.secret = *type == "secret_text";
  return binding;
}

// Reads the metadata part into a request, member by member. What is wrong with a value begins with
// its key, as "metadata: 'nano.crons'": nanoctl says instead which key of which file that is.
class MetadataReader final {
 public:
  MetadataReader(const Json& metadata, DeployRequest& request)
      : metadata_(metadata),
        request_(request),
        version_(request.upload.version) {}

  Problem read() {
    if (!metadata_.is_object()) return "the part 'metadata' is not a JSON object";
    auto problem = unknownMember(metadata_, "metadata: ",
                                 {"main_module", "body_part", "bindings", "compatibility_date",
                                  "compatibility_flags", "keep_bindings", "limits", "nano"});
    if (!problem) problem = readMain();
    if (!problem) problem = readBindings();
    if (!problem) problem = readCompatibility();
    if (!problem) problem = readKeptBindings();
    if (!problem) problem = readLimits();
    if (!problem) problem = readNano();
    return problem;
  }

 private:
  // Null when it is not there.
  static const Json* member(const Json& object, const char* key) {
    auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  Problem readMain() {
    auto main = stringMember(metadata_, "main_module");
    auto script = stringMember(metadata_, "body_part");
    if (main.has_value() == script.has_value()) {
      return "metadata: one of 'main_module' and 'body_part' is needed: name the module with "
             "'export default', or the script that calls addEventListener()";
    }
    version_.mainModule = main ? *main : *script;
    return std::nullopt;
  }

  Problem readBindings() {
    const Json* bindings = member(metadata_, "bindings");
    if (bindings == nullptr) return std::nullopt;
    if (!bindings->is_array()) return "metadata: 'bindings' is not a list";
    for (const Json& json : *bindings) {
      auto binding = readBinding(json);
      if (auto* problem = std::get_if<std::string>(&binding)) return *problem;
      version_.env.push_back(std::get<AppBinding>(std::move(binding)));
    }
    return std::nullopt;
  }

  Problem readCompatibility() {
    if (const Json* date = member(metadata_, "compatibility_date")) {
      if (!date->is_string()) return "metadata: 'compatibility_date' is not a string";
      version_.compatibilityDate = date->get<std::string>();
    }
    if (const Json* flags = member(metadata_, "compatibility_flags")) {
      auto names = stringList(*flags);
      if (!names || names->size() > kMaxFlags) {
        return "metadata: 'compatibility_flags' is not a list of at most 64 names";
      }
      version_.compatibilityFlags = std::move(*names);
    }
    const Compatibility wanted{version_.compatibilityDate, version_.compatibilityFlags};
    if (auto problem = compatibilityProblem(wanted, todaysDate())) return "metadata: " + *problem;
    for (std::string& note : compatibilityNotes(wanted))
      request_.notes.push_back(std::move(note));
    return std::nullopt;
  }

  Problem readKeptBindings() {
    const Json* kept = member(metadata_, "keep_bindings");
    if (kept == nullptr) return std::nullopt;
    if (!kept->is_array()) return "metadata: 'keep_bindings' is not a list";
    for (const Json& type : *kept) {
      // wrangler names both always; nano has no secret_key bindings that could be kept.
      if (type == "secret_text") request_.keepsSecrets = true;
      if (type != "secret_text" && type != "secret_key") {
        return "metadata: 'keep_bindings' supports secret_text only";
      }
    }
    return std::nullopt;
  }

  Problem readLimits() {
    const Json* limits = member(metadata_, "limits");
    if (limits == nullptr) return std::nullopt;
    if (!limits->is_object()) return "metadata: 'limits' is not an object";
    for (const auto& member : limits->items()) {
      if (auto problem = readLimit(*limits, member.key())) return problem;
    }
    return std::nullopt;
  }

  Problem readLimit(const Json& limits, const std::string& key) {
    const LimitRow* row = findLimit(key);
    if (row == nullptr) {
      return "metadata: " + inQuotes("limits." + key) + " is no limit; these are: " + limitKeys();
    }
    auto value = numberMember(limits, key, row->most);
    if (!value || *value < row->least) {
      return "metadata: 'limits." + key + "' is not a whole number of " +
             std::string(unitName(row->unit)) + " from " + std::to_string(row->least) + " to " +
             std::to_string(row->most);
    }
    version_.requested[row->limit] = *value;
    return std::nullopt;
  }

  Problem readNano() {
    const Json* nano = member(metadata_, "nano");
    if (nano == nullptr) return std::nullopt;
    if (!nano->is_object()) return "metadata: 'nano' is not an object";
    auto problem = unknownMember(
        *nano, "metadata: nano: ", {"hosts", "port", "isolation", "egress", "codegen", "crons"});
    if (!problem) problem = readCrons(*nano);
    if (problem) return problem;
    if (nano->contains("port")) {
      auto port = numberMember(*nano, "port", kMaxPort);
      if (!port) return "metadata: 'nano.port' is not a port number (0: no port of its own)";
      request_.port = static_cast<uint16_t>(*port);
    }
    if (const Json* isolation = member(*nano, "isolation")) {
      if (*isolation != "app" && *isolation != "tenant") {
        return "metadata: 'nano.isolation' is neither \"tenant\" nor \"app\"";
      }
      if (*isolation == "app") version_.isolation = Isolation::kApp;
    }
    if (const Json* codegen = member(*nano, "codegen")) {
      if (!codegen->is_boolean()) return "metadata: 'nano.codegen' is neither true nor false";
      version_.requestedCodegen = *codegen == true;
    }
    if (const Json* egress = member(*nano, "egress")) {
      auto read = readAppEgress(*egress, "metadata: nano.egress");
      if (auto* why = std::get_if<std::string>(&read)) return *why;
      version_.requestedEgress =
          std::make_shared<const EgressSettings>(std::get<EgressSettings>(std::move(read)));
    }
    return readRoutes(*nano);
  }

  Problem readCrons(const Json& nano) {
    const Json* list = member(nano, "crons");
    if (list == nullptr) return std::nullopt;
    auto crons = stringList(*list);
    if (!crons) return "metadata: 'nano.crons' is not a list of cron expressions";
    if (auto problem = cronsProblem(*crons)) return "metadata: 'nano.crons': " + *problem;
    request_.crons = std::move(*crons);
    return std::nullopt;
  }

  Problem readRoutes(const Json& nano) {
    const Json* hosts = member(nano, "hosts");
    if (hosts == nullptr) return std::nullopt;
    if (!hosts->is_array() || hosts->size() > kMaxRoutes) {
      return "metadata: 'nano.hosts' is not a list of at most 100 routes";
    }
    std::vector<RoutePattern> routes;
    for (const Json& json : *hosts) {
      auto route = readRoute(json);
      if (auto* problem = std::get_if<std::string>(&route))
        return "metadata: 'nano.hosts': " + *problem;
      auto& pattern = std::get<RoutePattern>(route);
      bool isNew = std::find(routes.begin(), routes.end(), pattern) == routes.end();
      if (isNew) routes.push_back(std::move(pattern));
    }
    request_.routes = std::move(routes);
    return std::nullopt;
  }

  // "example.com/api/*", or {"pattern": ..., "custom_domain": true}: all of that host.
  static std::variant<RoutePattern, std::string> readRoute(const Json& json) {
    if (json.is_string()) return parseRoutePattern(json.get<std::string>());
    auto pattern = stringMember(json, "pattern");
    if (!pattern) return "a route of 'nano.hosts' is neither a string nor has it a 'pattern'";
    // Which DNS zone a route is in matters to Cloudflare only.
    auto problem = unknownMember(json, "the route " + inQuotes(*pattern) + ": ",
                                 {"pattern", "custom_domain", "zone_name", "zone_id"});
    if (problem) return *problem;
    auto route = parseRoutePattern(*pattern);
    auto* parsed = std::get_if<RoutePattern>(&route);
    bool isWholeHost = parsed != nullptr && !parsed->wildcard && parsed->path.empty();
    auto custom = json.find("custom_domain");
    if (parsed != nullptr && custom != json.end() && *custom == true && !isWholeHost) {
      return "the route " + inQuotes(*pattern) + " is a custom domain, which is one whole host";
    }
    return route;
  }

  const Json& metadata_;
  DeployRequest& request_;
  AppVersion& version_;
};

Problem addModule(const FormPart& part, AppUpload& upload) {
  auto type = parseHeaderParameters(part.contentType);
  for (const auto& [name, kind] : kModuleTypes) {
    if (!type || type->value != name) continue;
    AppModule module;
    module.path = part.name;
    module.kind = kind;
    upload.version.modules.push_back(std::move(module));
    upload.contents.emplace_back(part.body);
    return std::nullopt;
  }
  std::string supported;
  for (const auto& entry : kModuleTypes)
    supported += std::string(" ") + entry.first;
  return "the module " + inQuotes(part.name) + " has the type " + inQuotes(part.contentType) +
         ", which is not supported; these are:" + supported;
}

}  // namespace

std::variant<DeployRequest, std::string> parseDeployRequest(const std::string& tenant,
                                                            const std::string& app,
                                                            std::span<const FormPart> parts) {
  DeployRequest request;
  AppVersion& version = request.upload.version;
  version.tenant = tenant;
  version.app = app;
  const FormPart* metadata = nullptr;
  for (const FormPart& part : parts) {
    if (part.name != "metadata") {
      if (auto problem = addModule(part, request.upload)) return *problem;
      continue;
    }
    if (metadata != nullptr) return "there are two parts 'metadata'";
    metadata = &part;
  }
  if (metadata == nullptr) return "there is no part 'metadata'";
  if (metadata->body.size() > kMaxMetadataBytes) return "the part 'metadata' is larger than 1 MiB";
  auto json = parseBoundedJson(metadata->body);
  if (!json) return "the part 'metadata' is not JSON";
  if (auto problem = MetadataReader(*json, request).read()) return *problem;
  if (auto problem = uploadProblem(request.upload)) return *problem;
  return request;
}

}  // namespace nano
