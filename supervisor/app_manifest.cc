#include "supervisor/app_manifest.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "protocol/limits.h"
#include "supervisor/app_names.h"
#include "supervisor/bounded_json.h"
#include "supervisor/content_hash.h"
#include "supervisor/egress/egress_settings.h"

namespace nano {
namespace {

using Json = nlohmann::json;

// 1 had every limit's value, which are the policy's now.
constexpr uint64_t kFormat = 2;
constexpr std::array<std::pair<ModuleKind, const char*>, 7> kKindNames{{
    {ModuleKind::kEsModule, "esModule"},
    {ModuleKind::kJson, "json"},
    {ModuleKind::kText, "text"},
    {ModuleKind::kData, "data"},
    {ModuleKind::kWasm, "wasm"},
    {ModuleKind::kScript, "script"},
    {ModuleKind::kSourceMap, "sourceMap"},
}};

constexpr std::array<std::pair<AppBinding::Kind, const char*>, 3> kBindingKindNames{{
    {AppBinding::Kind::kText, "text"},
    {AppBinding::Kind::kJson, "json"},
    {AppBinding::Kind::kService, "service"},
}};

const char* kindName(ModuleKind kind) {
  for (const auto& [value, name] : kKindNames) {
    if (value == kind) return name;
  }
  return "unknown";
}

std::optional<ModuleKind> kindNamed(const std::optional<std::string>& wanted) {
  for (const auto& [value, name] : kKindNames) {
    if (wanted == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string> modulesProblem(const std::vector<AppModule>& modules) {
  if (modules.empty()) return "the upload has no module: send one part a file";
  if (modules.size() > kMaxBundleFiles) {
    return "the upload has " + std::to_string(modules.size()) + " modules, more than the " +
           std::to_string(kMaxBundleFiles) + " an app may have: bundle it";
  }
  std::vector<std::string_view> paths;
  for (const AppModule& module : modules) {
    if (auto problem = modulePathProblem(module.path)) return problem;
    paths.push_back(module.path);
  }
  std::sort(paths.begin(), paths.end());
  for (size_t i = 1; i < paths.size(); ++i) {
    if (paths[i] == paths[i - 1]) return "the module " + inQuotes(paths[i]) + " is there twice";
  }
  for (std::string_view path : paths) {
    for (size_t at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
      std::string_view folder = path.substr(0, at);
      if (std::binary_search(paths.begin(), paths.end(), folder)) {
        return inQuotes(folder) + " is a module and also the folder of " + inQuotes(path);
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> mainProblem(const AppVersion& version) {
  for (const AppModule& module : version.modules) {
    if (module.kind == ModuleKind::kScript && module.path != version.mainModule) {
      return "the module " + inQuotes(module.path) +
             " is a classic script, which can be the main module only (metadata: 'body_part')";
    }
  }
  for (const AppModule& module : version.modules) {
    if (module.path != version.mainModule) continue;
    if (module.kind == ModuleKind::kEsModule || module.kind == ModuleKind::kScript) {
      return std::nullopt;
    }
    return "main_module " + inQuotes(version.mainModule) +
           " is not an ES module: send it as application/javascript+module";
  }
  return "main_module " + inQuotes(version.mainModule) + " is not among the uploaded modules";
}

std::optional<std::string> sizeProblem(const AppBinding& binding) {
  const size_t bytes = std::max(binding.value.size(), binding.props.size());
  if (bytes <= kMaxBindingBytes) return std::nullopt;
  return "the binding " + inQuotes(binding.name) + " has " + std::to_string(bytes) +
         " bytes, more than " + std::to_string(kMaxBindingBytes);
}

std::optional<std::string> envProblem(const std::vector<AppBinding>& env) {
  if (env.size() > kMaxBindings) {
    return "the upload has " + std::to_string(env.size()) + " bindings, more than the " +
           std::to_string(kMaxBindings) + " an app may have";
  }
  std::vector<std::string_view> names;
  for (const AppBinding& binding : env) {
    if (auto problem = sizeProblem(binding)) return problem;
    names.emplace_back(binding.name);
  }
  std::sort(names.begin(), names.end());
  auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) return "the binding " + inQuotes(*twice) + " is there twice";
  return std::nullopt;
}

const char* bindingKindName(AppBinding::Kind kind) {
  for (const auto& [value, name] : kBindingKindNames) {
    if (value == kind) return name;
  }
  return "unknown";
}

std::optional<AppBinding::Kind> bindingKindNamed(std::string_view wanted) {
  for (const auto& [value, name] : kBindingKindNames) {
    if (wanted == name) return value;
  }
  return std::nullopt;
}

Json moduleJson(const AppModule& module) {
  return {{"path", module.path},
          {"kind", kindName(module.kind)},
          {"bytes", module.bytes},
          {"sha256", module.sha256}};
}

Json bindingJson(const AppBinding& binding) {
  Json json = {{"name", binding.name},
               {"kind", bindingKindName(binding.kind)},
               {"secret", binding.secret},
               {"value", binding.value}};
  // Only there when they say something: versions of before have none.
  if (!binding.entrypoint.empty()) json["entrypoint"] = binding.entrypoint;
  if (!binding.props.empty()) json["props"] = binding.props;
  return json;
}

Json limitsJson(const LimitValues& limits) {
  Json json = Json::object();
  for (const auto& [limit, value] : limits)
    json[std::string(limitRow(limit).key)] = value;
  return json;
}

// Reads one manifest. The first thing that is missing or of another type sticks.
class ManifestReader final {
 public:
  explicit ManifestReader(const Json& json) : json_(json) {}

  AppVersion version() {
    AppVersion result;
    result.tenant = text(json_, "tenant");
    result.app = text(json_, "app");
    std::string isolation = text(json_, "isolation");
    if (isolation != "app" && isolation != "tenant") fail("isolation");
    if (isolation == "app") result.isolation = Isolation::kApp;
    result.mainModule = text(json_, "mainModule");
    result.compatibilityDate = text(json_, "compatibilityDate");
    for (const Json& flag : list("compatibilityFlags")) {
      if (!flag.is_string()) fail("compatibilityFlags");
      result.compatibilityFlags.push_back(flag.is_string() ? flag.get<std::string>() : "");
    }
    for (const Json& module : list("modules"))
      result.modules.push_back(readModule(module));
    for (const Json& binding : list("env"))
      result.env.push_back(readBinding(binding));
    result.requested = readLimits(member("limits"));
    result.requestedEgress = readEgress();
    result.requestedCodegen = readCodegen();
    return result;
  }

  const std::optional<std::string>& missing() const { return missing_; }

 private:
  void fail(std::string_view key) {
    if (!missing_) missing_ = key;
  }
  const Json& member(const char* key) {
    static const Json nothing;
    auto found = json_.find(key);
    return found == json_.end() ? nothing : *found;
  }
  const Json& list(const char* key) {
    static const Json none = Json::array();
    const Json& found = member(key);
    if (found.is_array()) return found;
    fail(key);
    return none;
  }
  std::string text(const Json& object, const char* key) {
    auto value = stringMember(object, key);
    if (!value) fail(key);
    return value.value_or("");
  }
  uint64_t number(const Json& object, std::string_view key) {
    constexpr uint64_t kMax = uint64_t{1} << 40;
    auto value = numberMember(object, key, kMax);
    if (!value) fail(key);
    return value.value_or(0);
  }
  AppModule readModule(const Json& json) {
    auto kind = kindNamed(stringMember(json, "kind"));
    if (!kind) fail("kind");
    return {text(json, "path"), kind.value_or(ModuleKind::kData), number(json, "bytes"),
            text(json, "sha256")};
  }

  AppBinding readBinding(const Json& json) {
    auto kind = bindingKindNamed(text(json, "kind"));
    if (!kind) fail("kind");
    auto secret = json.find("secret");
    if (secret == json.end() || !secret->is_boolean()) fail("secret");
    AppBinding binding;
    binding.name = text(json, "name");
    binding.kind = kind.value_or(AppBinding::Kind::kText);
    binding.value = text(json, "value");
    if (binding.kind == AppBinding::Kind::kService && nameProblem(binding.value)) fail("value");
    if (json.contains("entrypoint")) binding.entrypoint = text(json, "entrypoint");
    if (json.contains("props")) binding.props = text(json, "props");
    if (!binding.props.empty() && !parseBoundedJson(binding.props)) fail("props");
    binding.secret = secret != json.end() && *secret == true;
    return binding;
  }

  LimitValues readLimits(const Json& json) {
    LimitValues limits;
    if (!json.is_object()) fail("limits");
    for (const auto& [key, value] : json.items()) {
      const LimitRow* row = findLimit(key);
      if (row == nullptr || number(json, key) == 0) {
        fail("limits");
      } else {
        limits[row->limit] = number(json, key);
      }
    }
    return limits;
  }

  // Only there when the app says something: versions of before have none.
  std::shared_ptr<const EgressSettings> readEgress() {
    auto found = json_.find("egress");
    if (found == json_.end()) return nullptr;
    auto egress = readAppEgress(*found, "egress");
    if (std::holds_alternative<EgressSettings>(egress)) {
      return std::make_shared<const EgressSettings>(std::get<EgressSettings>(std::move(egress)));
    }
    fail("egress");
    return nullptr;
  }

  // Only there when the app asks for it: the ids of versions that do not stay as they were.
  bool readCodegen() {
    auto found = json_.find("codegen");
    if (found == json_.end()) return false;
    if (*found != true) fail("codegen");
    return true;
  }

  const Json& json_;
  std::optional<std::string> missing_;
};

}  // namespace

std::optional<std::string> uploadProblem(const AppUpload& upload) {
  const AppVersion& version = upload.version;
  if (auto problem = nameProblem(version.tenant)) return "tenant: " + *problem;
  if (auto problem = nameProblem(version.app)) return "app: " + *problem;
  if (auto problem = modulesProblem(version.modules)) return problem;
  if (auto problem = mainProblem(version)) return problem;
  size_t total = 0;
  for (const std::string& content : upload.contents)
    total += content.size();
  if (total > kMaxBundleBytes) {
    return "the modules have " + std::to_string(total) + " bytes, more than the " +
           std::to_string(kMaxBundleBytes) + " an app may have";
  }
  return envProblem(version.env);
}

void sealUpload(AppUpload& upload) {
  AppVersion& version = upload.version;
  std::vector<size_t> order(version.modules.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&version](size_t a, size_t b) {
    return version.modules[a].path < version.modules[b].path;
  });
  std::vector<AppModule> modules;
  std::vector<std::string> contents;
  for (size_t i : order) {
    modules.push_back(std::move(version.modules[i]));
    contents.push_back(std::move(upload.contents[i]));
    modules.back().bytes = contents.back().size();
    modules.back().sha256 = sha256Hex(contents.back());
  }
  version.modules = std::move(modules);
  upload.contents = std::move(contents);
  std::sort(version.env.begin(), version.env.end(),
            [](const AppBinding& a, const AppBinding& b) { return a.name < b.name; });
  version.id = sha256Hex(manifestText(version));
}

std::string manifestText(const AppVersion& version) {
  Json modules = Json::array();
  for (const AppModule& module : version.modules)
    modules.push_back(moduleJson(module));
  Json env = Json::array();
  for (const AppBinding& binding : version.env)
    env.push_back(bindingJson(binding));
  Json manifest = {{"format", kFormat},
                   {"tenant", version.tenant},
                   {"app", version.app},
                   {"isolation", version.isolation == Isolation::kApp ? "app" : "tenant"},
                   {"mainModule", version.mainModule},
                   {"compatibilityDate", version.compatibilityDate},
                   {"compatibilityFlags", version.compatibilityFlags},
                   {"limits", limitsJson(version.requested)},
                   {"env", env},
                   {"modules", modules}};
  if (version.requestedEgress) manifest["egress"] = appEgressJson(*version.requestedEgress);
  if (version.requestedCodegen) manifest["codegen"] = true;
  return jsonLine(manifest);
}

std::variant<AppVersion, std::string> parseManifest(std::string_view text) {
  auto json = parseBoundedJson(text);
  if (!json || !json->is_object()) return "it is not a JSON object";
  constexpr uint64_t kAnyFormat = uint64_t{1} << 40;
  auto format = numberMember(*json, "format", kAnyFormat);
  if (!format) return "'format' is missing or has a wrong value";
  if (*format != kFormat) {
    return "it has format " + std::to_string(*format) + ", and this nanod reads format " +
           std::to_string(kFormat);
  }
  ManifestReader reader(*json);
  AppVersion version = reader.version();
  if (reader.missing()) return "'" + *reader.missing() + "' is missing or has a wrong value";
  if (auto problem = nameProblem(version.tenant)) return *problem;
  if (auto problem = nameProblem(version.app)) return *problem;
  if (auto problem = modulesProblem(version.modules)) return *problem;
  if (auto problem = mainProblem(version)) return *problem;
  version.id = sha256Hex(text);
  return version;
}

}  // namespace nano
