#include "supervisor/control_reply.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <span>

#include "supervisor/app_names.h"
#include "supervisor/bounded_json.h"

namespace nano {
namespace {

using Json = nlohmann::json;

std::string urlOf(const std::string& host, uint16_t port, const std::string& path) {
  std::string url = "http://" + host;
  if (port != 80) url += ":" + std::to_string(port);
  return url + path + "/";
}

// Where the app answers: first what works on this machine without any DNS.
Json urlsOf(const DeployedApp& app, uint16_t httpPort) {
  Json urls = Json::array();
  if (app.deployment.port != 0) urls.push_back(urlOf("localhost", app.deployment.port, ""));
  if (httpPort == 0) return urls;
  const RoutePattern own = ownRoutes(app.version->tenant, app.version->app).back();
  urls.push_back(urlOf(own.host, httpPort, ""));
  for (const RoutePattern& route : app.deployment.routes) {
    if (!route.wildcard) urls.push_back(urlOf(route.host, httpPort, route.path));
  }
  return urls;
}

struct RefusalAnswer {
  uint16_t status;
  ControlCode code;
};

RefusalAnswer answerTo(DeployRefusal::Kind kind) {
  switch (kind) {
    case DeployRefusal::Kind::kInvalid:
      return {400, ControlCode::kInvalid};
    case DeployRefusal::Kind::kNoService:
      return {400, ControlCode::kNoService};
    case DeployRefusal::Kind::kStartupFailed:
      return {400, ControlCode::kStartupFailed};
    case DeployRefusal::Kind::kBusy:
      return {409, ControlCode::kBusy};
    case DeployRefusal::Kind::kConflict:
      return {409, ControlCode::kConflict};
    case DeployRefusal::Kind::kNotFound:
      return {404, ControlCode::kNoSuchApp};
    case DeployRefusal::Kind::kAbandoned:
      return {400, ControlCode::kInvalid};
    case DeployRefusal::Kind::kFailed:
      return {500, ControlCode::kFailed};
  }
  return {500, ControlCode::kInternal};
}

}  // namespace

ControlReply success(Json result, const std::vector<std::string>& notes) {
  Json messages = Json::array();
  for (const std::string& note : notes)
    messages.push_back({{"code", 0}, {"message", note}});
  return {200,
          {{"success", true},
           {"errors", Json::array()},
           {"messages", messages},
           {"result", std::move(result)}},
          ""};
}

ControlReply failure(uint16_t status, ControlCode code, const std::string& message) {
  Json error = {{"code", static_cast<int>(code)}, {"message", message}};
  return {status,
          {{"success", false},
           {"errors", Json::array({error})},
           {"messages", Json::array()},
           {"result", nullptr}},
          ""};
}

ControlReply failure(const DeployRefusal& refusal) {
  auto [status, code] = answerTo(refusal.kind);
  ControlReply reply = failure(status, code, refusal.message);
  if (refusal.startup) {
    Json& error = reply.body["errors"][0];
    error["reason"] = refusal.startup->reason;
    error["file"] = refusal.startup->file;
    error["line"] = refusal.startup->line;
    error["column"] = refusal.startup->column;
    error["excerpt"] = refusal.startup->sourceLine;
    error["stack"] = refusal.startup->stack;
  }
  return reply;
}

void send(HttpExchange& exchange, const ControlReply& reply) {
  std::string text = jsonLine(reply.body) + "\n";
  const std::array<HttpField, 2> fields{
      {{"content-type", "application/json"}, {"allow", reply.allow}}};
  ResponseHead head;
  head.status = reply.status;
  head.fields = std::span(fields).first(reply.allow.empty() ? 1 : 2);
  exchange.respond(head, std::as_bytes(std::span(text)));
}

void sendMetrics(HttpExchange& exchange, const std::string& text) {
  // Prometheus' exposition formats: the text format's version.
  const HttpField type{"content-type", "text/plain; version=0.0.4; charset=utf-8"};
  ResponseHead head;
  head.fields = std::span(&type, 1);
  exchange.respond(head, std::as_bytes(std::span(text)));
}

Json appJson(const DeployedApp& app, uint16_t httpPort) {
  Json routes = Json::array();
  for (const RoutePattern& route : ownRoutes(app.version->tenant, app.version->app)) {
    routes.push_back(route.text());
  }
  for (const RoutePattern& route : app.deployment.routes)
    routes.push_back(route.text());
  return {{"id", app.version->app},
          {"name", app.version->app},
          {"tenant", app.version->tenant},
          {"version", app.version->id},
          {"routes", routes},
          {"port", app.deployment.port},
          {"crons", cronsOf(app.deployment.triggers)},
          {"urls", urlsOf(app, httpPort)},
          {"modified_on", rfc3339(app.deployment.deployedMillis)}};
}

Json schedulesJson(const DeployedApp& app) {
  Json list = Json::array();
  for (const CronTrigger& trigger : app.deployment.triggers) {
    const std::string created = rfc3339(trigger.createdMillis);
    list.push_back({{"cron", trigger.cron}, {"created_on", created}, {"modified_on", created}});
  }
  return {{"schedules", list}};
}

Json statusJson(const ServerStatus& status, size_t apps) {
  Json workers = Json::array();
  for (const WorkerStatus& worker : status.workers) {
    workers.push_back({{"pid", worker.pid},
                       {"cordon", worker.cordon},
                       {"leaving", worker.isLeaving},
                       {"rssBytes", worker.rssBytes},
                       {"requests", worker.requests},
                       {"apps", worker.apps},
                       {"sandboxLayers", worker.sandboxLayers}});
  }
  return {{"apps", apps},
          {"requests", status.requests},
          {"workerDeaths", status.workerDeaths},
          {"weakenedLayers", status.weakenedLayers},
          {"workers", workers}};
}

Json limitsJson(const DeployedApp& app, const std::vector<ResolvedLimit>& limits) {
  const AppVersion& version = *app.version;
  const TenantLimits unlimited;
  const TenantLimits& tenant = version.tenantLimits;
  auto orNull = [](uint64_t value, uint64_t none) { return value == none ? Json() : Json(value); };
  Json list = Json::array();
  for (const ResolvedLimit& limit : limits) {
    const LimitRow& row = limitRow(limit.limit);
    list.push_back({{"key", row.key},
                    {"value", limit.value},
                    {"unit", unitName(row.unit)},
                    {"source", limit.source},
                    {"maximum", limit.maximum},
                    {"maximum_source", limit.maximumSource},
                    {"capped_from", limit.cappedFrom ? Json(*limit.cappedFrom) : Json()},
                    {"meaning", row.meaning}});
  }
  return {{"app", version.app},
          {"tenant", version.tenant},
          {"version", version.id},
          {"cordon", version.cordon},
          {"clock", version.clock == ClockMode::kFrozen ? "frozen" : "coarse"},
          {"code", version.codeProfile == CodeProfile::kJitless ? "jitless" : "jit"},
          {"codegen", version.codegen            ? "on"
                      : version.requestedCodegen ? "asked for, and not allowed"
                                                 : "off"},
          {"cpu_weight", version.cpuWeight},
          {"memory_mb", orNull(version.memoryBytes >> 20, kUnlimited >> 20)},
          {"requests_in_flight", orNull(tenant.inFlight, unlimited.inFlight)},
          {"requests_per_second", orNull(tenant.requestRate, unlimited.requestRate)},
          {"limits", list}};
}

std::string logText(const std::vector<AppLog::Line>& lines) {
  std::string text;
  for (const AppLog::Line& line : lines) {
    text += jsonLine({{"time", line->unixMillis},
                      {"requestId", line->requestId},
                      {"level", logLevelName(line->level)},
                      {"message", line->message},
                      {"version", line->version}});
    text += '\n';
  }
  return text;
}

std::string rfc3339(int64_t unixMillis) {
  auto seconds = static_cast<time_t>(unixMillis / 1000);
  tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  size_t length = strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  int millis = static_cast<int>(unixMillis % 1000);
  snprintf(text.data() + length, text.size() - length, ".%03dZ", millis);
  return text.data();
}

}  // namespace nano
