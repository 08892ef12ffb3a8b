#include "nanoctl/refusal_words.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "nanoctl/dev_vars.h"

namespace nano {

namespace {

constexpr std::string_view kMetadata = "metadata: '";
constexpr std::string_view kEgress = "metadata: nano.egress";
constexpr std::string_view kBadName = "a binding's 'name' is missing or no JavaScript identifier: ";
constexpr std::string_view kLimits = "limits.";
constexpr std::string_view kOwn = "nano.";

// "a.json: `key`".
std::string placeOf(const std::string& file, const std::string& key) {
  return file + ": `" + key + "`";
}

// What stands between the first two quotes.
std::string firstQuoted(std::string_view text) {
  size_t begin = text.find('\'');
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + 1);
  return std::string(text.substr(0, text.find('\'')));
}

std::string placeOfLimit(const AppConfig& config, const std::string& key) {
  auto file = config.limitFiles.find(key.substr(kLimits.size()));
  return placeOf(file == config.limitFiles.end() ? config.file : file->second, key);
}

// A route of --host, or of the configuration.
std::string placeOfRoute(const AppConfig& config, const DeployOptions& options,
                         std::string_view rest) {
  const std::string route = firstQuoted(rest);
  bool isFlag = std::find(options.hosts.begin(), options.hosts.end(), route) != options.hosts.end();
  return isFlag ? "--host" : placeOf(config.file, config.routesKey);
}

// Of a key of the metadata; nothing where the user wrote none.
std::optional<std::string> placeOfKey(const AppConfig& config, const DeployOptions& options,
                                      const std::string& key, std::string_view rest) {
  if (key == "compatibility_date" || key == "compatibility_flags") return placeOf(config.file, key);
  if (key.starts_with(kLimits)) return placeOfLimit(config, key);
  if (!key.starts_with(kOwn)) return std::nullopt;
  const std::string own = key.substr(kOwn.size());
  if (own == "crons") return placeOf(config.file, "triggers.crons");
  if (own == "hosts") return placeOfRoute(config, options, rest);
  if (own == "port" && options.port) return "--port";
  return placeOf("nano.jsonc", own);
}

std::optional<std::string> placeOfBinding(const AppConfig& config, const DeployOptions& options,
                                          const std::string& name) {
  auto isNamed = [&name](const auto& named) { return named.first == name; };
  auto isService = [&name](const AppConfig::Service& named) { return named.binding == name; };
  for (auto& var : options.vars) {
    if (var.starts_with(name + "=")) return "--var";
  }
  if (std::any_of(config.services.begin(), config.services.end(), isService))
    return placeOf(config.file, "services");
  if (std::any_of(config.vars.begin(), config.vars.end(), isNamed))
    return placeOf(config.file, "vars");
  return std::nullopt;
}

std::string placeOfName(const AppConfig& config, const DeployOptions& options) {
  if (!options.name.empty()) return "--name";
  return config.name.empty() ? "the folder's name, for want of a `name` in wrangler.jsonc"
                             : placeOf(config.file, "name");
}

}  // namespace

std::string inTheUsersWords(const std::string& said, const AppConfig& config,
                            const DeployOptions& options) {
  std::optional<std::string> place;
  std::string_view rest = said;
  if (rest.starts_with(kMetadata)) {
    std::string key = firstQuoted(said);
    rest.remove_prefix(std::min(kMetadata.size() + key.size() + 1, rest.size()));
    place = placeOfKey(config, options, key, rest);
    if (place) return *place + std::string(rest);
  } else if (rest.starts_with(kEgress)) {
    return "nano.jsonc: egress" + said.substr(kEgress.size());
  } else if (rest.starts_with(kLimits)) {
    // The operator's policy has something against it.
    std::string key = said.substr(0, said.find(':'));
    return placeOfLimit(config, key) + said.substr(key.size());
  } else if (rest.starts_with("codegen: ")) {
    return "nano.jsonc: " + said;
  } else if (rest.starts_with("the binding '") || rest.starts_with(kBadName) ||
             rest.starts_with("Could not resolve service binding '")) {
    const bool isBehind = rest.starts_with(kBadName);
    place =
        placeOfBinding(config, options, firstQuoted(rest.substr(isBehind ? kBadName.size() : 0)));
  } else if (rest.starts_with("the name '")) {
    place = firstQuoted(rest) == options.tenant ? "--tenant" : placeOfName(config, options);
  }
  // wrangler's name for it is a binding; the user wrote a variable's or a service's name.
  if (place && rest.starts_with(kBadName)) {
    return *place + ": " + std::string(rest.substr(kBadName.size())) +
           " cannot be a name in `env`: use letters, digits and _, and begin with no digit";
  }
  return place ? *place + ": " + said : said;
}

}  // namespace nano
