#include "nanoctl/app_config.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include <toml++/toml.h>

#include "nanoctl/files.h"
#include "nanoctl/jsonc.h"
#include "nanoctl/unknown_keys.h"

namespace nano {

namespace {

using nlohmann::json;

// wrangler's keys that mean nothing on one's own machine.
constexpr std::string_view kIneffective[] = {
    "$schema", "account_id", "send_metrics", "placement", "logpush", "compliance_region",
    "keep_names", "observability", "dev", "minify", "workers_dev", "preview_urls",
    // What frameworks' tools note for themselves.
    "configPath", "userConfigPath", "topLevelName", "definedEnvironments", "legacy_env",
    "jsx_factory", "jsx_fragment", "rules"};

json fromToml(const toml::node& node) {
  if (auto* table = node.as_table()) {
    json object = json::object();
    for (auto&& [key, value] : *table)
      object[std::string(key.str())] = fromToml(value);
    return object;
  }
  if (auto* array = node.as_array()) {
    json list = json::array();
    for (auto&& value : *array)
      list.push_back(fromToml(value));
    return list;
  }
  if (auto* text = node.as_string()) return text->get();
  // As JSON's parser has it: what is not negative is unsigned.
  if (auto* number = node.as_integer()) {
    if (number->get() >= 0) return static_cast<uint64_t>(number->get());
    return number->get();
  }
  if (auto* number = node.as_floating_point()) return number->get();
  if (auto* flag = node.as_boolean()) return flag->get();
  // JSON has no dates: they become the text that stands in the file.
  std::ostringstream text;
  if (auto* date = node.as_date()) text << date->get();
  if (auto* time = node.as_time()) text << time->get();
  if (auto* moment = node.as_date_time()) text << moment->get();
  return text.str();
}

// `byte` counts from 1.
int lineOf(std::string_view text, size_t byte) {
  size_t before = std::min(byte, text.size() + 1) - 1;
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + before, '\n'));
}

// "[json.exception.parse_error.101] parse error at line 3, column 5: WHY", of which WHY is news.
std::string reasonOf(const json::parse_error& error) {
  std::string_view what = error.what();
  size_t place = what.find("column ");
  size_t colon = what.find(": ", place == std::string_view::npos ? 0 : place);
  return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

Result<json> parseJson(const std::string& file, const std::string& text) {
  std::string plain = withoutComments(text);
  json value;
  try {
    value = json::parse(plain);
  } catch (const json::parse_error& error) {
    return Failure{file + ":" + std::to_string(lineOf(text, error.byte)) +
                   ": not JSON: " + reasonOf(error)};
  }
  if (!value.is_object()) return Failure{file + ": the file must hold one object"};
  return value;
}

Result<json> parseToml(const std::string& file, const std::string& text) {
  try {
    return fromToml(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return Failure{file + ":" + std::to_string(error.source().begin.line) +
                   ": not TOML: " + std::string(error.description())};
  }
}

Failure wrongType(const AppConfig& config, std::string_view key, std::string_view expected) {
  return Failure{config.file + ": `" + std::string(key) + "` must be " + std::string(expected)};
}

Result<Done> takeStrings(const AppConfig& config, std::string_view key, const json& value,
                         std::vector<std::string>& into) {
  if (!value.is_array()) return wrongType(config, key, "a list of strings");
  for (auto& entry : value) {
    if (!entry.is_string()) return wrongType(config, key, "a list of strings");
    into.push_back(entry.get<std::string>());
  }
  return Done{};
}

// "example.com/*", or {"pattern": "example.com", "custom_domain": true}.
Result<Done> takeRoute(AppConfig& config, std::string_view key, const json& value) {
  config.routesKey = key;
  if (value.is_string()) {
    config.routes.push_back(value.get<std::string>());
    return Done{};
  }
  if (!value.is_object() || !value.contains("pattern") || !value["pattern"].is_string()) {
    return wrongType(config, key,
                     key == "route"
                         ? "a pattern like \"shop.example.com/*\", or an object with a `pattern`"
                         : "a list of patterns or of objects with a `pattern`");
  }
  const std::string pattern = value["pattern"].get<std::string>();
  auto custom = value.find("custom_domain");
  if (custom != value.end() && *custom == true &&
      pattern.find_first_of("/*") != std::string::npos) {
    return Failure{config.file + ": `" + std::string(key) + "`: " + pattern +
                   " is a custom domain, which is one whole host: leave out its path and its *"};
  }
  config.routes.push_back(pattern);
  return Done{};
}

Result<Done> takeString(const AppConfig& config, std::string_view key, const json& value,
                        std::string& into) {
  if (!value.is_string()) return wrongType(config, key, "a string");
  into = value.get<std::string>();
  return Done{};
}

Result<Done> takeBool(const AppConfig& config, std::string_view key, const json& value,
                      bool& into) {
  if (!value.is_boolean()) return wrongType(config, key, "true or false");
  into = value.get<bool>();
  return Done{};
}

// {"crons": ["*/5 * * * *"]}; what is in an expression nanod says.
Result<Done> takeTriggers(AppConfig& config, const json& value) {
  constexpr const char* kShape = "an object with a list of expressions as `crons`";
  if (!value.is_object()) return wrongType(config, "triggers", kShape);
  for (auto& [key, member] : value.items()) {
    if (key != "crons") {
      return Failure{config.file + ": `triggers` has the key `" + key +
                     "`, which nano does not know (remove it): it knows crons"};
    }
    if (!member.is_array()) return wrongType(config, "triggers", kShape);
    config.crons.emplace();
    auto taken = takeStrings(config, "triggers.crons", member, *config.crons);
    if (!taken.ok()) return taken;
  }
  return Done{};
}

// Into the limits of `config`, over what is there.
Result<Done> takeLimits(AppConfig& config, const std::string& file, const json& value) {
  if (!value.is_object()) {
    return Failure{file + ": `limits` must be an object, like {\"cpu_ms\": 100}"};
  }
  for (auto& [key, limit] : value.items()) {
    if (!limit.is_number_unsigned()) {
      return Failure{std::string(file).append(": `limits.").append(key) +
                     "` must be a whole number"};
    }
    config.limits[key] = limit;
    config.limitFiles[key] = file;
  }
  return Done{};
}

// {"binding": "OTHER", "service": "other-app"}.
Result<Done> takeService(AppConfig& config, const json& value) {
  auto text = [&value](const char* key) {
    auto found = value.find(key);
    return found != value.end() && found->is_string() ? found->get<std::string>() : "";
  };
  if (!value.is_object() || text("binding").empty() || text("service").empty()) {
    return wrongType(config, "services", "a list of objects with a `binding` and a `service`");
  }
  std::string where = config.file + ": `services`: `" + text("binding");
  for (auto& [key, member] : value.items()) {
    if (key == "binding" || key == "service") continue;
    if (key == "entrypoint" && text("entrypoint").empty()) {
      return Failure{where + "` has an `entrypoint` that is no name of an export"};
    }
    if (key == "props" && !member.is_object()) {
      return Failure{where + "` has `props` that are no object"};
    }
    if (key == "entrypoint" || key == "props") continue;
    where.append("` has the key `").append(key).append("`, which nano does not know (remove it)");
    return Failure{where};
  }
  config.services.push_back({text("binding"), text("service"), text("entrypoint"),
                             value.value("props", nlohmann::json())});
  return Done{};
}

Result<Done> takeServices(AppConfig& config, const json& value) {
  if (!value.is_array()) {
    return wrongType(config, "services", "a list of objects with a `binding` and a `service`");
  }
  for (auto& service : value) {
    auto taken = takeService(config, service);
    if (!taken.ok()) return taken;
  }
  return Done{};
}

// Tools that write a configuration write every key there is: nothing is asked for by these.
bool isEmpty(const json& value) {
  if (!value.is_structured()) return value.is_null();
  return std::all_of(value.begin(), value.end(), isEmpty);
}

Result<Done> takeKey(AppConfig& config, const std::string& key, const json& value) {
  if (key == "name") return takeString(config, key, value, config.name);
  if (key == "main") return takeString(config, key, value, config.main);
  if (key == "compatibility_date") return takeString(config, key, value, config.compatibilityDate);
  if (key == "compatibility_flags")
    return takeStrings(config, key, value, config.compatibilityFlags);
  if (key == "no_bundle") return takeBool(config, key, value, config.noBundle);
  if (key == "upload_source_maps") return takeBool(config, key, value, config.uploadSourceMaps);
  if (key == "triggers") return takeTriggers(config, value);
  if (key == "vars") {
    if (!value.is_object()) return wrongType(config, key, "an object");
    for (auto& [name, var] : value.items())
      config.vars.emplace_back(name, var);
    return Done{};
  }
  if (key == "services") return takeServices(config, value);
  if (key == "route") return takeRoute(config, key, value);
  if (key == "limits") return takeLimits(config, config.file, value);
  if (key == "routes") {
    if (!value.is_array()) return wrongType(config, key, "a list");
    for (auto& route : value) {
      auto taken = takeRoute(config, key, route);
      if (!taken.ok()) return taken;
    }
    return Done{};
  }
  if (std::find(std::begin(kIneffective), std::end(kIneffective), key) != std::end(kIneffective)) {
    if (key != "$schema") config.ineffective.push_back(key);
    return Done{};
  }
  if (isEmpty(value)) return Done{};
  return Failure{config.file + ": " + unknownWranglerKey(key)};
}

Result<Done> takeNanoKey(AppConfig& config, const std::string& key, const json& value) {
  if (key == "port") {
    if (!value.is_number_integer() || value < 1 || value > 65535) {
      return Failure{"nano.jsonc: `port` must be a number from 1 to 65535"};
    }
    config.port = value.get<int>();
    return Done{};
  }
  if (key == "limits") return takeLimits(config, "nano.jsonc", value);
  if (key == "isolation") {
    if (value != "app" && value != "tenant") {
      return Failure{"nano.jsonc: `isolation` must be \"tenant\" or \"app\""};
    }
    config.isolation = value.get<std::string>();
    return Done{};
  }
  if (key == "codegen") {
    if (!value.is_boolean()) return Failure{"nano.jsonc: `codegen` must be true or false"};
    config.codegen = value.get<bool>();
    return Done{};
  }
  if (key == "egress") {
    // What is in it nanod says, which knows the rules.
    if (value != "none" && !value.is_object()) {
      return Failure{"nano.jsonc: `egress` must be \"none\" or an object with `rules`"};
    }
    config.egress = value;
    return Done{};
  }
  return Failure{"nano.jsonc: " + unknownNanoKey(key)};
}

Result<Done> readNanoFile(const std::string& folder, AppConfig& config) {
  const std::string path = folder + "/nano.jsonc";
  if (!fileExists(path)) return Done{};
  auto text = readFile(path);
  if (!text.ok()) return text.failure();
  auto parsed = parseJson("nano.jsonc", text.value());
  if (!parsed.ok()) return parsed.failure();
  for (auto& [key, value] : parsed.value().items()) {
    auto taken = takeNanoKey(config, key, value);
    if (!taken.ok()) return taken;
  }
  return Done{};
}

}  // namespace

Result<AppConfig> readAppConfig(const std::string& folder) {
  AppConfig config;
  // wrangler's order.
  for (const char* name : {"wrangler.jsonc", "wrangler.json", "wrangler.toml"}) {
    if (fileExists(folder + "/" + name)) {
      config.file = name;
      break;
    }
  }
  if (!config.file.empty()) {
    auto text = readFile(folder + "/" + config.file);
    if (!text.ok()) return text.failure();
    bool isToml = config.file.ends_with(".toml");
    auto parsed =
        isToml ? parseToml(config.file, text.value()) : parseJson(config.file, text.value());
    if (!parsed.ok()) return parsed.failure();
    for (auto& [key, value] : parsed.value().items()) {
      auto taken = takeKey(config, key, value);
      if (!taken.ok()) return taken.failure();
    }
  }
  auto own = readNanoFile(folder, config);
  if (!own.ok()) return own.failure();
  return config;
}

}  // namespace nano
