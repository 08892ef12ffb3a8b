#include "supervisor/load_message.h"

#include <kj/debug.h>

#include "protocol/limits.h"
#include "protocol/outcome.h"
#include "supervisor/compatibility/compatibility.h"

namespace nano {

namespace {

rpc::Module::Kind moduleKind(ModuleKind kind) {
  switch (kind) {
    case ModuleKind::kEsModule:
      return rpc::Module::Kind::ES_MODULE;
    case ModuleKind::kJson:
      return rpc::Module::Kind::JSON;
    case ModuleKind::kText:
      return rpc::Module::Kind::TEXT;
    case ModuleKind::kData:
      return rpc::Module::Kind::DATA;
    case ModuleKind::kWasm:
      return rpc::Module::Kind::WASM;
    case ModuleKind::kScript:
      return rpc::Module::Kind::SCRIPT;
    case ModuleKind::kSourceMap:
      return rpc::Module::Kind::SOURCE_MAP;
  }
  return rpc::Module::Kind::UNKNOWN;
}

std::string cut(capnp::Text::Reader text) {
  return std::string(text.begin(), std::min<size_t>(text.size(), kMaxJsErrorBytes));
}

std::string messageOf(rpc::Worker::LoadResults::Reader results, const AppLimits& limits) {
  if (results.getOutcome() == rpc::Outcome::EXCEEDED_CPU) {
    return "The app's modules used more CPU time while they were evaluated than the start-up limit "
           "of " +
           std::to_string(limits.get(rpc::Limit::STARTUP_CPU)) + " ms.";
  }
  if (results.getOutcome() == rpc::Outcome::EXCEEDED_MEMORY) {
    return "The app's modules used more memory while they were evaluated than the limit of " +
           std::to_string(limits.get(rpc::Limit::HEAP)) + " MB.";
  }
  return cut(results.getError().getMessage());
}

}  // namespace

void fillVersion(rpc::AppVersion::Builder message, const AppVersion& version,
                 const std::vector<kj::Array<kj::byte>>& contents) {
  KJ_REQUIRE(contents.size() == version.modules.size());
  message.setTenant(version.tenant.c_str());
  message.setApp(version.app.c_str());
  message.setId(version.id.c_str());
  message.setMainModule(version.mainModule.c_str());
  message.setCompatibilityDate(version.compatibilityDate.c_str());
  // Those that are on, by date or by name: a worker knows no dates.
  const auto on = honouredFlags({version.compatibilityDate, version.compatibilityFlags});
  auto flags = message.initCompatibilityFlags(on.size());
  for (size_t i = 0; i < on.size(); i++)
    flags.set(i, on[i].c_str());
  auto modules = message.initModules(version.modules.size());
  for (size_t i = 0; i < version.modules.size(); i++) {
    modules[i].setPath(version.modules[i].path.c_str());
    modules[i].setKind(moduleKind(version.modules[i].kind));
    modules[i].setContent(contents[i]);
  }
  auto env = message.initEnv(version.env.size());
  for (size_t i = 0; i < version.env.size(); i++) {
    env[i].setName(version.env[i].name.c_str());
    switch (version.env[i].kind) {
      case AppBinding::Kind::kText:
        env[i].setText(version.env[i].value.c_str());
        break;
      case AppBinding::Kind::kJson:
        env[i].setJson(version.env[i].value.c_str());
        break;
      case AppBinding::Kind::kService:
        env[i].setService(version.env[i].value.c_str());
        break;
    }
  }
  message.setClock(version.clock == ClockMode::kFrozen ? rpc::AppVersion::Clock::FROZEN
                                                       : rpc::AppVersion::Clock::COARSE);
  message.setCodegen(version.codegen);
  auto limits = message.initLimits(AppLimits::kCount);
  for (const LimitRow& row : limitTable())
    limits.set(static_cast<uint32_t>(row.limit), version.limits.get(row.limit));
}

StartupResult toStartupResult(rpc::Worker::LoadResults::Reader results, const AppLimits& limits) {
  if (results.getOutcome() == rpc::Outcome::OK) return Started{results.getLacksScheduled()};
  auto error = results.getError();
  StartupFailure failure;
  failure.reason = outcomeName(results.getOutcome());
  failure.message = messageOf(results, limits);
  failure.stack = cut(error.getStack());
  failure.file = cut(error.getFile());
  failure.line = error.getLine();
  failure.column = error.getColumn();
  failure.sourceLine = cut(error.getSourceLine());
  return failure;
}

}  // namespace nano
