#include "tests/fuzz/fuzz_targets.h"

namespace nano::fuzz {

std::span<const FuzzTarget> fuzzTargets() {
  static constexpr FuzzTarget kTargets[] = {
      {"rpc_supervisor", fuzzRpcSupervisor},
      {"rpc_worker", fuzzRpcWorker},
      {"http", fuzzHttp},
      {"manifest", fuzzManifest},
      {"deploy", fuzzDeploy},
      {"route", fuzzRoute},
      {"app_config", fuzzAppConfig},
      {"egress", fuzzEgress},
  };
  return kTargets;
}

}  // namespace nano::fuzz
