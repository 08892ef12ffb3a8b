#include "nanoctl/unknown_keys.h"

#include <algorithm>
#include <array>
#include <span>

#include "nanoctl/spelling.h"

namespace nano {

namespace {

constexpr std::array<std::string_view, 12> kWranglerKeys = {"name",
                                                            "main",
                                                            "vars",
                                                            "route",
                                                            "services",
                                                            "routes",
                                                            "limits",
                                                            "triggers",
                                                            "compatibility_date",
                                                            "no_bundle",
                                                            "compatibility_flags",
                                                            "upload_source_maps"};
constexpr std::array<std::string_view, 5> kNanoKeys = {"port", "limits", "isolation", "codegen",
                                                       "egress"};

struct Answer {
  std::string_view key;
  std::string_view instead;
};
constexpr std::string_view kNoFiles =
    "nano serves no static files; import them as modules, or bind a service that has them "
    "(docs/services.md)";
constexpr std::string_view kNotThere =
    "nano has no such thing (README.md, What is not there): remove the key, or deploy this app "
    "elsewhere";
constexpr Answer kAnswers[] = {
    {"assets", kNoFiles},
    {"site", kNoFiles},
    {"env",
     "nano has no environments: give each one a folder with a configuration of its own, or a "
     "--name, --host and --var at its deploy"},
    {"build", "nanoctl runs no build: run it before the deploy, and let `main` name what it makes"},
    {"node_compat", "the modules of Node.js are there without it (docs/node.md): remove the key"},
    {"define", "the bundler is told nothing of it: put values into `vars`, which are in `env`"},
    {"kv_namespaces", kNotThere},
    {"r2_buckets", kNotThere},
    {"d1_databases", kNotThere},
    {"durable_objects", kNotThere},
    {"migrations", kNotThere},
    {"queues", kNotThere},
    {"workflows", kNotThere},
    {"hyperdrive", kNotThere},
    {"vectorize", kNotThere},
    {"analytics_engine_datasets", kNotThere},
    {"ai", kNotThere},
    {"browser", kNotThere},
    {"images", kNotThere},
    {"containers", kNotThere},
    {"send_email", kNotThere},
    {"dispatch_namespaces", kNotThere},
    {"mtls_certificates", kNotThere},
    {"tail_consumers", kNotThere},
    {"version_metadata", kNotThere},
    {"secrets_store_secrets", kNotThere},
};

// Of a key that nobody knows.
std::string unheardOf(std::string_view key, std::span<const std::string_view> known) {
  std::string text = "nano does not know the key `" + std::string(key) + "`";
  std::string_view meant = nearest(key, known);
  if (!meant.empty()) return text + ": is `" + std::string(meant) + "` meant?";
  text += " (remove it); it knows ";
  for (size_t i = 0; i < known.size(); i++)
    text.append(i == 0 ? "" : i + 1 == known.size() ? " and " : ", ").append(known[i]);
  return text;
}

bool isAmong(std::span<const std::string_view> known, std::string_view key) {
  return std::find(known.begin(), known.end(), key) != known.end();
}

}  // namespace

std::string unknownWranglerKey(std::string_view key) {
  for (const Answer& answer : kAnswers) {
    if (answer.key == key) return "`" + std::string(key) + "`: " + std::string(answer.instead);
  }
  if (isAmong(kNanoKeys, key))
    return "`" + std::string(key) + "` is nano's own: it belongs into nano.jsonc";
  return unheardOf(key, kWranglerKeys);
}

std::string unknownNanoKey(std::string_view key) {
  if (isAmong(kWranglerKeys, key))
    return "`" + std::string(key) + "` belongs into wrangler.jsonc, .json or .toml";
  return unheardOf(key, kNanoKeys);
}

}  // namespace nano
