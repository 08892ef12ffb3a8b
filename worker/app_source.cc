#include "worker/app_source.h"

#include <optional>
#include <string_view>
#include <unordered_set>

#include "protocol/limits.h"

namespace nano {
namespace {

// More than there are that a worker is told of.
constexpr uint32_t kMaxFlags = 256;

std::string text(capnp::Text::Reader reader) { return {reader.begin(), reader.size()}; }

std::optional<AppSource::Kind> moduleKind(rpc::Module::Kind kind) {
  switch (kind) {
    case rpc::Module::Kind::ES_MODULE:
      return AppSource::Kind::kEsModule;
    case rpc::Module::Kind::JSON:
      return AppSource::Kind::kJson;
    case rpc::Module::Kind::TEXT:
      return AppSource::Kind::kText;
    case rpc::Module::Kind::DATA:
      return AppSource::Kind::kData;
    case rpc::Module::Kind::WASM:
      return AppSource::Kind::kWasm;
    case rpc::Module::Kind::SCRIPT:
      return AppSource::Kind::kScript;
    case rpc::Module::Kind::SOURCE_MAP:
      return AppSource::Kind::kSourceMap;
    case rpc::Module::Kind::UNKNOWN:
      break;
  }
  return std::nullopt;
}

// Relative, `/` between parts, no empty part, no `.` and no `..`.
bool isModulePath(std::string_view path) {
  if (path.empty() || path.size() > kMaxModulePathBytes) return false;
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::optional<BadAppSource> readModules(rpc::AppVersion::Reader version, AppSource& source) {
  if (version.getModules().size() > kMaxBundleFiles) return BadAppSource{"too many modules"};
  size_t bytes = 0;
  std::unordered_set<std::string> paths;
  for (rpc::Module::Reader module : version.getModules()) {
    std::string path = text(module.getPath());
    const auto kind = moduleKind(module.getKind());
    if (!isModulePath(path)) return BadAppSource{"\"" + path + "\" is not a module's path"};
    if (!kind) return BadAppSource{path + ": a kind of module this worker does not know"};
    if (!paths.insert(path).second) return BadAppSource{path + " is there twice"};
    const bool isMain = path == source.mainModule;
    if (*kind == AppSource::Kind::kScript && !isMain) {
      return BadAppSource{path + ": a classic script can be the main module only"};
    }
    if (isMain) source.isServiceWorker = *kind == AppSource::Kind::kScript;
    auto content = module.getContent().asChars();
    bytes += content.size();
    if (bytes > kMaxBundleBytes) return BadAppSource{"the modules are too large"};
    source.modules.push_back({std::move(path), *kind, {content.begin(), content.size()}});
  }
  if (!paths.contains(source.mainModule)) {
    return BadAppSource{"the main module \"" + source.mainModule + "\" is not among the modules"};
  }
  return std::nullopt;
}

std::optional<BadAppSource> readEnv(rpc::AppVersion::Reader version, AppSource& source) {
  if (version.getEnv().size() > kMaxBindings) return BadAppSource{"too many bindings"};
  for (rpc::Binding::Reader binding : version.getEnv()) {
    AppSource::Binding copy;
    copy.name = text(binding.getName());
    switch (binding.which()) {
      case rpc::Binding::TEXT:
        copy.value = text(binding.getText());
        break;
      case rpc::Binding::JSON:
        copy.kind = AppSource::Binding::Kind::kJson;
        copy.value = text(binding.getJson());
        break;
      case rpc::Binding::SERVICE:
        copy.kind = AppSource::Binding::Kind::kService;
        copy.value = text(binding.getService());
        break;
      default:
        return BadAppSource{copy.name + ": a kind of binding this worker does not know"};
    }
    if (copy.value.size() > kMaxBindingBytes) {
      return BadAppSource{copy.name + ": the binding is too large"};
    }
    source.env.push_back(std::move(copy));
  }
  return std::nullopt;
}

}  // namespace

std::variant<AppSource, BadAppSource> readAppSource(rpc::AppVersion::Reader version) {
  AppSource source;
  source.mainModule = text(version.getMainModule());
  if (auto bad = readModules(version, source)) return *bad;
  if (auto bad = readEnv(version, source)) return *bad;
  if (version.getCompatibilityFlags().size() > kMaxFlags) return BadAppSource{"too many flags"};
  if (version.getCompatibilityDate().size() > 0 || version.getCompatibilityFlags().size() > 0) {
    source.flags.emplace();
    for (capnp::Text::Reader flag : version.getCompatibilityFlags())
      source.flags->push_back(text(flag));
  }
  // A clock of a newer build is none that this one could show.
  if (version.getClock() == rpc::AppVersion::Clock::FROZEN) source.clock = version.getClock();
  source.codegen = version.getCodegen();
  const auto limits = version.getLimits();
  for (const LimitRow& row : limitTable()) {
    const auto index = static_cast<uint32_t>(row.limit);
    if (index < limits.size() && limits[index] > 0) source.limits.set(row.limit, limits[index]);
  }
  return source;
}

}  // namespace nano
