#include "nanoctl/app_modules.h"

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "nanoctl/files.h"
#include "nanoctl/node_builtins.h"
#include "nanoctl/program_files.h"
#include "nanoctl/run_program.h"
#include "nanoctl/source_map_files.h"

namespace nano {

namespace {

using nlohmann::json;

// wrangler's default rules for what an import yields, by the file's ending.
struct Rule {
  std::string_view ending;
  const char* contentType;
};
constexpr Rule kRules[] = {
    {".js", "application/javascript+module"},
    {".mjs", "application/javascript+module"},
    {".json", "application/json"},
    {".txt", "text/plain"},
    {".html", "text/plain"},
    {".sql", "text/plain"},
    {".bin", "application/octet-stream"},
    {".wasm", "application/wasm"},
};

constexpr const char* kScriptType = "application/javascript";
constexpr const char* kSourceMapType = "application/source-map";

const char* contentTypeOf(std::string_view path) {
  for (auto& rule : kRules) {
    if (path.ends_with(rule.ending)) return rule.contentType;
  }
  return nullptr;
}

// Of a classic script that has imports only its own code is left: wrangler's format for these.
enum class Format { kModule, kScript };

// Text, data and wasm stay files beside the bundle; wrangler does the same.
std::vector<std::string> esbuildCommand(const std::string& main, const std::string& out,
                                        Format format) {
  std::vector<std::string> words = {esbuildPath(),
                                    main,
                                    "--bundle",
                                    format == Format::kScript ? "--format=iife" : "--format=esm",
                                    "--target=es2024",
                                    "--platform=neutral",
                                    "--main-fields=browser,module,main",
                                    "--conditions=workerd,worker,browser",
                                    "--define:process.env.NODE_ENV=\"production\"",
                                    "--loader:.txt=copy",
                                    "--loader:.html=copy",
                                    "--loader:.sql=copy",
                                    "--loader:.bin=copy",
                                    "--loader:.wasm=copy",
                                    "--external:node:*",
                                    "--external:cloudflare:*",
                                    "--outdir=" + out + "/out",
                                    "--metafile=" + out + "/meta.json",
                                    "--log-level=error",
                                    "--color=false"};
  for (std::string_view name : kNodeBuiltins)
    words.push_back("--external:" + std::string(name));
  return words;
}

// What a bundle begins with whose CommonJS packages call require() for modules of Node.js: esbuild
// leaves that to a function of this name.
constexpr char kRequire[] =
    "--banner:js=import { createRequire as nanoCreateRequire } from \"node:module\"; "
    "const require = nanoCreateRequire(\"/\");";

bool callsRequire(const json& meta) {
  for (auto& output : meta.value("outputs", json::object())) {
    for (auto& import : output.value("imports", json::array())) {
      if (import.value("kind", "") == "require-call") return true;
    }
  }
  return false;
}

// What esbuild says to do about a package that is not installed, marking it as external, is not for
// who deploys.
std::string inOurWords(const std::string& errors) {
  constexpr std::string_view kAdvice = "  You can mark the path ";
  std::string text;
  for (size_t at = 0; at < errors.size();) {
    const size_t end = std::min(errors.find('\n', at), errors.size() - 1) + 1;
    const std::string line = errors.substr(at, end - at);
    at = end;
    if (!line.starts_with(kAdvice)) {
      text += line;
      continue;
    }
    // "... the path "hono/jsx" as external ..."
    const std::string path =
        line.substr(kAdvice.size() + 1, line.find('"', kAdvice.size() + 1) - kAdvice.size() - 1);
    const size_t scope = path.starts_with("@") ? path.find('/') + 1 : 0;
    text += "  A package is installed in the app's folder: npm install " +
            path.substr(0, path.find('/', scope)) + "\n";
  }
  if (errors.find("No loader is configured for") != std::string::npos) {
    text +=
        "What can be imported: code (.js .mjs .ts .tsx .jsx), .json, .wasm, text (.txt .html .sql) "
        "and bytes (.bin)\n";
  }
  return text;
}

Result<json> runEsbuild(const std::string& folder, const std::vector<std::string>& words,
                        const std::string& out) {
  auto end = runProgram(folder, words);
  if (!end.ok()) return end.failure();
  if (end.value().exitCode != 0) {
    return Failure{"the app's modules do not build:\n" + inOurWords(end.value().errors)};
  }
  auto meta = readFile(out + "/meta.json");
  if (!meta.ok()) return meta.failure();
  json parsed = json::parse(meta.value(), nullptr, false);
  if (parsed.is_discarded()) return Failure{"esbuild wrote a metafile that is not JSON"};
  return parsed;
}

// wrangler's guess: what exports nothing is a service worker.
Format formatOf(const json& meta) {
  const json outputs = meta.value("outputs", json::object());
  for (auto& [path, output] : outputs.items()) {
    if (!output.contains("entryPoint")) continue;
    return output.value("exports", json::array()).empty() ? Format::kScript : Format::kModule;
  }
  return Format::kModule;
}

// Whether this import of the file `path` leads somewhere without a bundler.
bool importRunsAsItIs(const std::string& path, const json& import) {
  const std::string target = import.value("path", "");
  if (import.value("external", false)) {
    return target.starts_with("node:") || target.starts_with("cloudflare:") ||
           isNodeBuiltin(target);
  }
  const std::string original = import.value("original", "");
  if (!original.starts_with(".")) return false;
  std::string written = parentOf(path);
  if (!written.empty()) written += '/';
  return normalPath(written.append(original)) == target;
}

// Whether the file graph can run without a bundler.
bool runsAsItIs(const json& inputs, Format format) {
  if (format == Format::kScript && inputs.size() > 1) return false;
  for (auto& [path, input] : inputs.items()) {
    if (contentTypeOf(path) == nullptr || path.starts_with("../")) return false;
    if (input.value("format", "") == "cjs") return false;
    for (auto& import : input.value("imports", json::array())) {
      if (!importRunsAsItIs(path, import)) return false;
    }
  }
  return true;
}

struct Build {
  const std::string& folder;
  const std::string& main;
  Format format;
  bool withSourceMaps;
};

Result<AppModules> asTheyAre(const Build& build, const json& inputs) {
  AppModules modules;
  modules.mainModule = build.main;
  modules.isScript = build.format == Format::kScript;
  for (auto& [path, input] : inputs.items()) {
    const char* type = contentTypeOf(path);
    if (type == nullptr) {
      return Failure{path + " needs bundling, and `no_bundle` is set in the app's configuration"};
    }
    if (modules.isScript && path == build.main) type = kScriptType;
    const std::string file = std::string(build.folder).append("/").append(path);
    auto content = readFile(file);
    if (!content.ok()) return content.failure();
    modules.files.push_back({path, type, std::move(content.value())});
    if (!build.withSourceMaps || !fileExists(file + ".map")) continue;
    auto map = readFile(file + ".map");
    if (!map.ok()) return map.failure();
    modules.files.push_back({path + ".map", kSourceMapType, std::move(map.value())});
  }
  return modules;
}

// The app's own file that the bundler has copied to `name`, whose name has a hash.
std::string sourceOf(const json& meta, const std::string& name) {
  const json outputs = meta.value("outputs", json::object());
  for (auto& [path, output] : outputs.items()) {
    const json inputs = output.value("inputs", json::object());
    if (path.ends_with("/" + name) && inputs.size() == 1) return inputs.begin().key();
  }
  return name;
}

// One file that the bundler has written, of which `meta` tells.
Result<Done> takeOutput(const Build& build, const json& meta, const std::filesystem::path& file,
                        AppModules& modules) {
  std::string name = file.filename().string();
  auto content = readFile(file.string());
  if (!content.ok()) return content.failure();
  if (name.ends_with(".js.map")) {
    modules.files.push_back(
        {name, kSourceMapType,
         withPathsBelow(build.folder, file.parent_path().string(), content.value())});
    return Done{};
  }
  const char* type = contentTypeOf(name);
  if (type == nullptr) {
    return Failure{build.main + ": the import of " + sourceOf(meta, name) + " cannot be served"};
  }
  if (name.ends_with(".js")) {
    modules.mainModule = name;
    if (modules.isScript) type = kScriptType;
  } else if (modules.isScript) {
    return Failure{build.main +
                   " exports nothing, so it is a service worker, and one cannot import " +
                   sourceOf(meta, name) + ": write `export default { fetch() { ... } }`"};
  }
  modules.files.push_back({name, type, std::move(content.value())});
  return Done{};
}

Result<AppModules> bundle(const Build& build, const std::string& out) {
  auto words = esbuildCommand(build.main, out, build.format);
  if (build.withSourceMaps) words.emplace_back("--sourcemap=external");
  auto meta = runEsbuild(build.folder, words, out);
  if (meta.ok() && callsRequire(meta.value()) && build.format == Format::kModule) {
    words.emplace_back(kRequire);
    meta = runEsbuild(build.folder, words, out);
  }
  if (!meta.ok()) return meta.failure();
  AppModules modules;
  modules.bundled = true;
  modules.isScript = build.format == Format::kScript;
  std::error_code error;
  for (auto& entry : std::filesystem::directory_iterator(out + "/out", error)) {
    auto taken = takeOutput(build, meta.value(), entry.path(), modules);
    if (!taken.ok()) return taken.failure();
  }
  std::sort(modules.files.begin(), modules.files.end(),
            [](const ModuleFile& a, const ModuleFile& b) { return a.path < b.path; });
  return modules;
}

}  // namespace

Result<std::string> findMain(const std::string& folder, const AppConfig& config) {
  if (!config.main.empty()) {
    std::string main = normalPath(config.main);
    if (fileExists(folder + "/" + main)) return main;
    return Failure{config.file + ": `main` is " + config.main + ", and there is no such file in " +
                   folder};
  }
  for (const char* name : {"index.js", "index.mjs", "index.ts", "src/index.js", "src/index.mjs",
                           "src/index.ts", "src/index.tsx"}) {
    if (fileExists(folder + "/" + name)) return std::string(name);
  }
  return Failure{folder +
                 ": no app found: there is no index.js or src/index.ts, and no wrangler.jsonc that "
                 "names another `main`"};
}

Result<AppModules> collectModules(const std::string& folder, const AppConfig& config) {
  auto main = findMain(folder, config);
  if (!main.ok()) return main.failure();
  auto temporary = TemporaryDirectory::make();
  if (!temporary.ok()) return temporary.failure();
  const std::string& out = temporary.value().path();

  auto words = esbuildCommand(main.value(), out, Format::kModule);
  words.push_back("--packages=external");
  auto meta = runEsbuild(folder, words, out);
  if (!meta.ok()) return meta.failure();
  const json inputs = meta.value().value("inputs", json::object());
  const Build build{folder, main.value(), formatOf(meta.value()), config.uploadSourceMaps};
  if (config.noBundle || runsAsItIs(inputs, build.format)) return asTheyAre(build, inputs);

  std::error_code ignored;
  std::filesystem::remove_all(out + "/out", ignored);
  return bundle(build, out);
}

}  // namespace nano
