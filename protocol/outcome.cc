#include "protocol/outcome.h"

namespace nano {

std::string_view outcomeName(rpc::Outcome outcome) {
  switch (outcome) {
    case rpc::Outcome::UNKNOWN:
      return "unknown";
    case rpc::Outcome::OK:
      return "ok";
    case rpc::Outcome::EXCEPTION:
      return "exception";
    case rpc::Outcome::EXCEEDED_CPU:
      return "exceededCpu";
    case rpc::Outcome::EXCEEDED_MEMORY:
      return "exceededMemory";
    case rpc::Outcome::EXCEEDED_WALL_TIME:
      return "exceededWallTime";
    case rpc::Outcome::CANCELED:
      return "canceled";
    case rpc::Outcome::RESPONSE_STREAM_DISCONNECTED:
      return "responseStreamDisconnected";
    case rpc::Outcome::INTERNAL_ERROR:
      return "internalError";
    case rpc::Outcome::LOAD_SHED:
      return "loadShed";
    case rpc::Outcome::SCRIPT_NOT_FOUND:
      return "scriptNotFound";
    case rpc::Outcome::STARTUP_FAILED:
      return "startupFailed";
    case rpc::Outcome::WORKER_DIED:
      return "workerDied";
    case rpc::Outcome::QUARANTINED:
      return "quarantined";
  }
  return "unknown";
}

}  // namespace nano
