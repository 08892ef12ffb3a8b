#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/app_limits.h"
#include "protocol/worker.capnp.h"

namespace nano {

// One version of an app as the supervisor sent it, copied out of its message and checked: what an
// isolate is loaded from, and loaded again after one had to be thrown away.
struct AppSource {
  // kBuiltin is one of nano's own modules, which no app brings.
  // kScript is the main one of an app in service-worker syntax.
  enum class Kind : uint8_t {
    kEsModule,
    kJson,
    kText,
    kData,
    kWasm,
    kBuiltin,
    kScript,
    kSourceMap
  };
  struct Module {
    std::string path;
    Kind kind = Kind::kEsModule;
    std::string content;
  };
  struct Binding {
    std::string name;
    // In the order that makeEnv (snapshot/js/env.js) numbers them.
    enum class Kind : uint8_t { kText, kJson, kService } kind = Kind::kText;
    // Of a service: the name of the app that answers.
    std::string value;
  };

  std::string mainModule;
  std::vector<Module> modules;
  // The main module is a classic script.
  bool isServiceWorker = false;
  std::vector<Binding> env;
  // Compatibility flags that are on; nothing where all is as nano has it.
  std::optional<std::vector<std::string>> flags;

  AppLimits limits;
  rpc::AppVersion::Clock clock = rpc::AppVersion::Clock::COARSE;
  // eval(), new Function() and WebAssembly from bytes.
  bool codegen = false;
};

struct BadAppSource {
  std::string reason;
};

std::variant<AppSource, BadAppSource> readAppSource(rpc::AppVersion::Reader version);

}  // namespace nano
