#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "supervisor/app_deployer.h"
#include "supervisor/app_log.h"
#include "supervisor/app_registry.h"
#include "supervisor/http_exchange.h"
#include "supervisor/limit_policy.h"
#include "supervisor/live_server.h"

namespace nano {

// The numbers in errors[].code. Below 20000 they are Cloudflare's for the same thing.
enum class ControlCode {
  kUnknownPath = 7003,
  kInvalid = 10001,
  kInternal = 10002,
  kNoSuchApp = 10007,
  kStartupFailed = 10021,
  kTooLarge = 10027,
  kNoService = 10143,
  kWrongMethod = 10405,
  kBusy = 20001,
  kConflict = 20002,
  kFailed = 20003,
};

// One answer of the control API: {"success", "errors", "messages", "result"}, as Cloudflare's.
struct ControlReply {
  uint16_t status = 200;
  nlohmann::json body;
  std::string allow;  // With 405.
};

ControlReply success(nlohmann::json result, const std::vector<std::string>& notes = {});
ControlReply failure(uint16_t status, ControlCode code, const std::string& message);
// With a start-up failure, errors[0] also has reason, file, line, column, excerpt and stack.
ControlReply failure(const DeployRefusal& refusal);

void send(HttpExchange& exchange, const ControlReply& reply);
// As Prometheus reads it.
void sendMetrics(HttpExchange& exchange, const std::string& text);

// {"id", "name", "tenant", "version", "routes", "port", "crons", "urls", "modified_on"}. Never
// shows the environment. `httpPort` is where hosts are served, for the URLs.
nlohmann::json appJson(const DeployedApp& app, uint16_t httpPort);

// {"schedules": [{"cron", "created_on", "modified_on"}]}, as Cloudflare's.
nlohmann::json schedulesJson(const DeployedApp& app);

nlohmann::json statusJson(const ServerStatus& status, size_t apps);

// {"app", "tenant", "version", "cordon", "clock", "code", "cpu_weight", and null or a number as
// "memory_mb", "requests_in_flight", "requests_per_second"; "limits": a list of {"key", "value",
// "unit", "source", "maximum", "maximum_source", "capped_from" (null or a number), "meaning"}}.
nlohmann::json limitsJson(const DeployedApp& app, const std::vector<ResolvedLimit>& limits);

// {"time" (milliseconds since 1970), "requestId", "level", "message", "version"} and a line end,
// for each line.
std::string logText(const std::vector<AppLog::Line>& lines);

// "2025-11-22T07:43:00.000Z" (RFC 3339).
std::string rfc3339(int64_t unixMillis);

}  // namespace nano
