#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/app_limits.h"

namespace nano {

enum class ModuleKind : uint8_t { kEsModule, kJson, kText, kData, kWasm };

struct AppModule {
  std::string path;  // Relative, checked: no empty part, no "." or "..".
  ModuleKind kind = ModuleKind::kEsModule;
  uint64_t bytes = 0;
  std::string sha256{};  // Of the content, lower-case hex.
};

struct AppBinding {
  std::string name;
  enum class Kind : uint8_t { kText, kJson } kind = Kind::kText;
  std::string value;
  bool secret = false;  // Never shown to anyone but the app.
};

// Which code a worker process may run: jitless makes no page executable, so it has no WebAssembly.
enum class CodeProfile : uint8_t { kDefault, kJitless };

// What all apps of a tenant may use together.
struct TenantLimits {
  uint64_t inFlight = UINT64_MAX;
  uint64_t requestRate = 1'000'000'000;  // A second.
};

// One immutable version of one app: what is on disk, without the modules' bytes. Shared between
// threads as shared_ptr<const AppVersion>.
struct AppVersion {
  std::string tenant;
  std::string app;
  std::string id;      // Content hash, lower-case hex.
  std::string cordon;  // Apps of one cordon may share a worker process.
  std::string mainModule;
  std::string compatibilityDate;
  std::vector<std::string> compatibilityFlags;
  std::vector<AppModule> modules;
  std::vector<AppBinding> env;
  AppLimits limits;
  TenantLimits tenantLimits;
  CodeProfile codeProfile = CodeProfile::kDefault;
  std::string directory;  // Holds modules/PATH for each module.
};

}  // namespace nano
