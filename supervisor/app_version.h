#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/app_limits.h"
#include "supervisor/cordon_settings.h"

namespace nano {

class EgressPolicy;
struct EgressSettings;

enum class ModuleKind : uint8_t {
  kEsModule,
  kJson,
  kText,
  kData,
  kWasm,
  kScript,     // A classic script: the main module of an app in service-worker syntax.
  kSourceMap,  // Of the module whose path it has, less ".map".
};

struct AppModule {
  std::string path;  // Relative, checked: no empty part, no "." or "..".
  ModuleKind kind = ModuleKind::kEsModule;
  uint64_t bytes = 0;
  std::string sha256{};  // Of the content, lower-case hex.
};

struct AppBinding {
  std::string name;
  enum class Kind : uint8_t { kText, kJson, kService } kind = Kind::kText;
  std::string value;    // kService: the name of an app of the same tenant.
  bool secret = false;  // Never shown to anyone but the app.
  // Of kService: which export of the app answers (empty: the default one), and its `ctx.props` as
  // JSON (empty: none).
  std::string entrypoint{};
  std::string props{};
};

// Some limits and their values, in each one's unit.
using LimitValues = std::map<rpc::Limit, uint64_t>;

// One immutable version of one app: what is on disk, without the modules' bytes, and what the
// operator's policy makes of it (limit_policy.h). Shared between threads as shared_ptr<const
// AppVersion>; a changed policy makes a new object with the same id.
struct AppVersion {
  std::string tenant;
  std::string app;
  std::string id;  // Content hash, lower-case hex.
  std::string mainModule;
  std::string compatibilityDate;
  std::vector<std::string> compatibilityFlags;
  std::vector<AppModule> modules;
  std::vector<AppBinding> env;
  LimitValues requested;                     // What the app asks for, and nothing else.
  Isolation isolation = Isolation::kTenant;  // What the app asks for.
  bool requestedCodegen = false;             // What the app asks for.
  // What the app allows itself (egress/egress_settings.h); null: it says nothing.
  std::shared_ptr<const EgressSettings> requestedEgress;
  std::string directory;  // Holds modules/PATH for each module.

  // By the policy, and not part of the id.
  std::string cordon;  // Apps of one cordon may share a worker process.
  AppLimits limits;
  TenantLimits tenantLimits;
  CodeProfile codeProfile = CodeProfile::kDefault;
  ClockMode clock = ClockMode::kCoarse;
  // eval(), new Function() and WebAssembly from bytes: asked for by the app, allowed by the
  // operator.
  bool codegen = false;
  uint32_t cpuWeight = 100;  // Of its worker process, and so is memoryBytes.
  uint64_t memoryBytes = kUnlimited;
  // Where it may go. Null only before a policy has seen the version: nowhere.
  std::shared_ptr<const EgressPolicy> egress;
};

}  // namespace nano
